package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.cli.Explanation.Retry;

/** The rest of the code names settings, and the command line names options. */
class OptionNamesTest {
    private static final Path MAIN = Path.of("src/main/java/org/sparkxception");
    private static final Pattern COMMENT_OR_TEXT_WITH_OPTION = Pattern.compile("(\"|//|\\* ).*--[a-z]");
    private static final Pattern SETTING = Pattern.compile("`([a-z][a-z-]*)`");
    private static final Pattern INVALID_SETTING =
            Pattern.compile("(?:new InvalidSetting|requireRange|requireFraction)\\(\\s*\"([a-z-]+)\"");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch-size=0            | --batch-size must be from 1 to 1024 but was 0",
                "--fetch-threads=257       | --fetch-threads must be from 1 to 256 but was 257",
                "--decode-threads=-1       | --decode-threads must be from 1 to 256 but was -1",
                "--top-k=0                 | --top-k must be at least 1 but was 0",
                "--max-pixels=0            | --max-pixels must be from 1 to 1073741824 but was 0",
                "--max-bytes=2147483648    | --max-bytes must be from 1 to 2147483639 but was 2147483648",
                "--chunk-images=10000001   | --chunk-images must be from 1 to 10000000 but was 10000001",
                "--chunk-bytes=0           | --chunk-bytes must be at least 1 but was 0",
                "--min-agreement=NaN       | --min-agreement must be from 0 to 1 but was NaN",
                "--max-failed-fraction=1.5 | --max-failed-fraction must be from 0 to 1 but was 1.5",
                "--keep-columns=a,b | --keep-columns must be omitted for the input format files but was a,b",
                "--keep-columns=a,Score --input-format=manifest"
                        + " | --keep-columns must be different names, and none of a column of the results (Score) but was"
                        + " a,Score",
                "--truth=label | --truth must be parent-directory or none for the input format files but was label",
                "--truth=label --input-format=tar"
                        + " | --truth must be parent-directory or none for the input format tar but was label",
                "--truth=parent-directory --input-format=table"
                        + " | --truth must be a column or none for the input format table but was parent-directory"
            })
    void anInvalidValueIsReportedWithItsOption(String options, String complaint) {
        CommandLineRun run = CommandLineRun.of(
                Stream.concat(Stream.of("classify", "--input=in", "--output=" + folder), Stream.of(options.split(" ")))
                        .toArray(String[]::new));

        assertThat(run.complaint()).isEqualTo("spark-xception: " + complaint);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int8 requires a CPU with VNNI: set `precision` to fp32"
                        + " | int8 requires a CPU with VNNI: set --precision to fp32",
                "use `embedding`, and omit `all-scores`, `top-k` and `activation`"
                        + " | use --embedding, and omit --all-scores, --top-k and --activation",
                "its outputs are probabilities: set `outputs` to probabilities"
                        + " | its outputs are probabilities: set --outputs to probabilities",
                "m.csv has no column path (`id-column`): it has `my file` STRING,`file-name` STRING"
                        + " | m.csv has no column path (--id-column): it has `my file` STRING,`file-name` STRING",
                "`output` s3a://no-such-bucket: it does not exist | --output s3a://no-such-bucket: it does not exist",
                "executor 1 on host: out of memory: lower `decode-threads`"
                        + " | executor 1 on host: out of memory: lower --decode-threads"
            })
    void settingsInAMessageBecomeOptions(String message, String sentence) {
        assertThat(Explanation.of(new IllegalStateException(new UserException(ExitCode.USAGE, message)), Retry.REPEAT))
                .isEqualTo(new Explanation(ExitCode.USAGE, sentence));
    }

    @Test
    void everySettingThatAMessageNamesIsAnOption() throws IOException {
        List<String> named = Stream.concat(found(SETTING), found(INVALID_SETTING))
                .map(found -> found.group(1))
                .distinct()
                .toList();

        assertThat(named).contains("precision", "trust-code", "outputs", "max-failed-fraction", "batch-size");
        assertThat(named).allMatch(OptionNames::isSetting);
    }

    @Test
    void noOptionIsNamedOutsideTheCommandLine() throws IOException {
        assertThat(found(COMMENT_OR_TEXT_WITH_OPTION).map(MatchResult::group)).isEmpty();
    }

    private static Stream<MatchResult> found(Pattern pattern) throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            List<Path> core = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.startsWith(MAIN.resolve("cli")))
                    .toList();
            return core.stream().flatMap(file -> pattern.matcher(text(file)).results().toList().stream());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
