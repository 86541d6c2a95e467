package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
    private static final String WIDTH = "picocli.usage.width";

    @AfterEach
    void resetWidth() {
        System.clearProperty(WIDTH);
    }

    static Stream<Arguments> commandsAndWidths() {
        return Stream.of("", "classify", "import-model", "describe-model")
                .flatMap(command -> Stream.of(80, 120).map(width -> Arguments.of(command, width)));
    }

    @ParameterizedTest
    @MethodSource("commandsAndWidths")
    void helpFitsTheTerminal(String command, int width) {
        List<String> lines = help(command, width).lines().toList();

        assertThat(lines).allMatch(line -> line.length() <= width);
        assertThat(lines).noneMatch(line -> line.endsWith(" "));
        // A name that ends a line, or has two spaces before its description.
        assertThat(lines.stream().filter(line -> line.startsWith("  -")))
                .isNotEmpty()
                .allMatch(line -> line.matches("  -[^ ]+(, --[^ ]+)?(  +[^ ].*)?"));
        // Lines are broken only at spaces, not in .h5 or s3a://scores.
        assertThat(lines).noneMatch(line -> line.endsWith(" .") || line.strip().matches("[./].*"));
    }

    @Test
    void optionsOfClassifyAreGroupedByTopic() {
        assertThat(help("classify", 80)
                        .lines()
                        .filter(line -> line.matches("\\w.*:|  -.*"))
                        .map(HelpTest::name))
                .containsExactly(
                        "Input:",
                        "--input",
                        "--input-format",
                        "--include",
                        "--id-column",
                        "--content-column",
                        "--table-format",
                        "--truth",
                        "--keep-columns",
                        "--max-pixels",
                        "--max-bytes",
                        "Model and scores:",
                        "--model",
                        "--trust-code",
                        "--top-k",
                        "--all-scores",
                        "--embedding",
                        "--activation",
                        "Speed:",
                        "--device",
                        "--precision",
                        "--min-agreement",
                        "--batch-size",
                        "--fetch-threads",
                        "--decode-threads",
                        "Output and resume:",
                        "--output",
                        "--mode",
                        "--lock",
                        "--chunk-images",
                        "--chunk-bytes",
                        "--target-file-size",
                        "--max-failed-fraction",
                        "Spark:",
                        "--master",
                        "--spark-conf",
                        "General:",
                        "--conf",
                        "--quiet",
                        "--openlineage",
                        "-h",
                        "-V");
    }

    @Test
    void helpShowsOneExample() {
        assertThat(help("classify", 80).lines())
                .contains("  spark-xception classify --input s3a://photos --output s3a://scores --top-k 3");
        assertThat(help("import-model", 80).lines())
                .containsSequence(
                        "  spark-xception import-model --weights flowers.keras --labels flowers.txt \\",
                        "    --output models/flowers");
    }

    @Test
    void valuesAreShownAsTheyAreTyped() {
        assertThat(help("classify", 120))
                .contains("scores: softmax, sigmoid, model, none. Default: model")
                .contains("retry-failed: score failed images again")
                .contains("files, manifest, table, tar, sequence-file");
        assertThat(help("import-model", 120))
                .contains("pillow, tensorflow. Default: pillow")
                .contains("nearest, bilinear, bicubic")
                .contains("logits, probabilities. Default: logits")
                .contains(" none, relu, elu. Default: none");
    }

    private static String name(String line) {
        return line.startsWith(" ") ? line.strip().split("[=, ]", 2)[0] : line;
    }

    private static String help(String command, int width) {
        System.setProperty(WIDTH, String.valueOf(width));
        CommandLineRun run = command.isEmpty() ? CommandLineRun.of("--help") : CommandLineRun.of(command, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out();
    }
}
