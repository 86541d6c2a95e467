package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkxception.TestModels;

/** What users get wrong, and what they are told. */
class MainTest {
    private static final String SAMPLES = "sample-data/images/Trouser";

    @TempDir
    Path folder;

    @Test
    void anUnknownOptionIsNamedWithANearOne() {
        assertComplaint(
                2,
                "spark-xception: unknown option --top-n, did you mean --top-k?"
                        + " (spark-xception classify --help shows all options)",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--top-n=3");
    }

    @Test
    void anUnknownCommandIsNamed() {
        CommandLineRun run = CommandLineRun.of("clasify");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: unknown command clasify, did you mean classify?"
                        + " (spark-xception --help shows all options)");
    }

    @Test
    void anUnknownOptionIsNamedEvenIfARequiredOneIsMissing() {
        assertComplaint(
                2,
                "spark-xception: unknown option --inptu, did you mean --input?"
                        + " (spark-xception classify --help shows all options)",
                "classify",
                "--inptu",
                "x");
        assertComplaint(
                2,
                "spark-xception: unknown option --threads (spark-xception classify --help shows all options)",
                "classify",
                "--threads=3");
    }

    @Test
    void aGlobThatTheShellExpandedIsRejectedWithItsCause() {
        assertComplaint(
                2,
                "spark-xception: unexpected argument b.jpg: put globs in quotes, and repeat the option for each further"
                        + " value (spark-xception classify --help shows all options)",
                "classify",
                "--input",
                "a.jpg",
                "b.jpg",
                "--output",
                output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--mode|again|resume, update, overwrite or retry-failed",
                "--lock|maybe|file or none",
                "--input-format|zip|files, manifest, table, tar or sequence-file",
                "--activation|relu|softmax, sigmoid, model or none",
                "--precision|fp64|fp32, bf16, fp16 or int8",
                "--device|tpu|auto, cpu or gpu",
                "--max-failed-fraction|few|a number",
                "--chunk-bytes|1G|a whole number",
                "--all-scores|maybe|true or false"
            })
    void aValueThatAnOptionDoesNotTakeIsNamedWithThoseThatItTakes(String option, String value, String valid) {
        assertComplaint(
                2,
                "spark-xception: " + option + " must be " + valid + " but was " + value
                        + " (spark-xception classify --help shows all options)",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                option + "=" + value);
    }

    @ParameterizedTest
    @CsvSource({"resize, opencv, pillow or tensorflow", "outputs, classes, logits or probabilities"})
    void aValueThatImportModelDoesNotTakeIsNamedWithThoseThatItTakes(String option, String value, String valid) {
        assertComplaint(
                2,
                "spark-xception: --" + option + " must be " + valid + " but was " + value
                        + " (spark-xception import-model --help shows all options)",
                "import-model",
                "--weights=x",
                "--output=y",
                "--" + option + "=" + value);
    }

    @Test
    void aMissingOptionIsNamed() {
        assertComplaint(
                2,
                "spark-xception: missing required option: '--input=URI' (spark-xception classify --help shows all options)",
                "classify",
                "--output",
                output());
    }

    @Test
    void theHelpExplainsEveryExitCode() {
        assertThat(CommandLineRun.of("--help").out().lines().map(String::strip))
                .containsSubsequence(
                        "Exit codes:",
                        "0               complete",
                        "1               unexpected error",
                        "2               usage or configuration error",
                        "3               the input cannot be listed or is empty",
                        "4               more failures than --max-failed-fraction allows",
                        "5               the output belongs to another run",
                        "6               the model or the device does not work",
                        "7               another process is writing to the output",
                        "129, 130, 143   interrupted by SIGHUP, Ctrl-C or SIGTERM");
    }

    @Test
    void aWordWhereANumberBelongsIsNamed() {
        assertComplaint(
                2,
                "spark-xception: --top-k must be a whole number but was five"
                        + " (spark-xception classify --help shows all options)",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--top-k",
                "five");
    }

    @Test
    void aNumberOutOfRangeIsNamedWithItsRange() {
        assertComplaint(
                2,
                "spark-xception: --batch-size must be from 1 to 1024 but was 0",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--batch-size",
                "0");
        assertComplaint(
                2,
                "spark-xception: --top-k must be at least 1 but was 0",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--top-k",
                "0");
        assertComplaint(
                2,
                "spark-xception: --max-failed-fraction must be from 0 to 1 but was 1.5",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--max-failed-fraction",
                "1.5");
    }

    @Test
    void anInputThatIsNotThereEndsWithThree() {
        CommandLineRun run = classify(folder + "/nowhere");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the input file:" + folder + "/nowhere does not exist: check --input");
        assertThat(run.err()).doesNotContain("\tat ");
    }

    @Test
    void aMasterThatCannotBeUsedHereEndsWithTwo() {
        assertComplaint(
                2,
                "spark-xception: the master yarn is not supported here: --master takes local[N] and spark://HOST:PORT;"
                        + " yarn and k8s:// require spark-submit of a Spark distribution: use jobs/spark-submit.sh",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--master",
                "yarn");
        assertComplaint(
                2,
                "spark-xception: unknown host no-such-host.invalid in the master"
                        + " spark://localhost:7077,no-such-host.invalid:7077: check --master",
                "classify",
                "--input",
                SAMPLES,
                "--output",
                output(),
                "--master",
                "spark://localhost:7077,no-such-host.invalid:7077");
    }

    @Test
    void aModelThatIsNoBundleEndsWithSix() {
        CommandLineRun run = classify(SAMPLES, "--model", folder.toString());
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.complaint())
                .startsWith("spark-xception: " + folder + " is not a model bundle (")
                .endsWith("): use a directory written by import-model");
    }

    @Test
    void aDamagedModelEndsWithSixAndNamesTheFile() throws IOException {
        Path model = folder.resolve("model");
        assertThat(importModel("sample-data/model/labels.txt", model).exitCode())
                .isZero();
        Path weights = model.resolve("weights.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length / 2));
        Files.deleteIfExists(model.resolve(".weights.safetensors.crc"));

        CommandLineRun run = classify(SAMPLES, "--model", model.toString());

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the model cannot be read: " + model
                        + ": weights.safetensors does not match its SHA-256 in checksums.sha256: copy the model again,"
                        + " or import it again");
    }

    @Test
    void labelsThatDoNotMatchTheHeadEndWithTwo() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "one\ntwo\nthree\n");

        CommandLineRun run = importModel(labels.toString(), folder.resolve("model"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the labels file " + labels + ": there are 3 labels, but the network has 10"
                        + " classes: specify one label per line, in the order of the classes");
        assertThat(folder.resolve("model")).doesNotExist();
    }

    @Test
    void anImportDoesNotWriteOverWhatIsThere() {
        assertThat(importModel("sample-data/model/labels.txt", folder.resolve("model"))
                        .exitCode())
                .isZero();

        CommandLineRun second = importModel("sample-data/model/labels.txt", folder.resolve("model"));

        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.complaint())
                .contains("already exists and is not an empty directory: use another --output, or delete it");
    }

    @ParameterizedTest
    @CsvSource({
        "--input, classify --output out --input",
        "--output, classify --input in --output",
        "--model, classify --input in --output out --model",
        "--model, describe-model --model",
        "--weights, import-model --output out --weights",
        "--labels, import-model --output out --weights w --labels",
        "--output, import-model --weights w --output",
        "--calibrate, import-model --weights w --output out --calibrate",
        "--output, exit-code --submission s --input in --output"
    })
    void aUriWithAPasswordOrASignatureIsRefusedInEveryOptionAndNotRepeated(String option, String command) {
        for (String uri : List.of("s3a://KEY:HUSH@bucket/x", "https://h/x?X-Amz-Signature=HUSH")) {
            CommandLineRun run = CommandLineRun.of((command + " " + uri).split(" "));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.complaint())
                    .startsWith("spark-xception: " + option + " has a key, a password or a signature in its URI, ");
            assertThat(run.err() + run.out()).doesNotContain("HUSH");
        }
    }

    @Test
    void aUriWithAPasswordIsRefusedInAFileOfSettingsToo() throws IOException {
        Path conf = Files.writeString(
                folder.resolve("job.properties"), "input=" + SAMPLES + "\noutput=s3a://KEY:HUSH@bucket/x\n");

        CommandLineRun run = CommandLineRun.of("classify", "--conf", conf.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint()).startsWith("spark-xception: --output has a key, a password or a signature ");
        assertThat(run.err() + run.out()).doesNotContain("HUSH");
    }

    @ParameterizedTest
    @CsvSource({
        "--sparkconf=spark.hadoop.fs.s3a.secret.key=HUSH, unknown option --sparkconf",
        "--spark-conf spark.hadoop.fs.s3a.secret.key:HUSH, .key",
        "--top-k spark.hadoop.fs.s3a.access.key=HUSH, .key",
        "--inputs https://me:HUSH@host/x, unknown option --inputs",
        "https://me:HUSH@host/x, https://host/x"
    })
    void aMistypedSettingIsRepeatedWithoutItsValue(String words, String shown) {
        CommandLineRun run = CommandLineRun.of(("classify --input in --output out " + words).split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint()).contains(shown);
        assertThat(run.err() + run.out()).doesNotContain("HUSH");
    }

    @Test
    @SuppressWarnings("try") // what is logged meanwhile is taken
    void nothingThatARunWritesOrLogsHoldsASecretOfItsInput() throws IOException {
        Path manifest = Files.writeString(
                folder.resolve("m.csv"), """
                path,class
                %s/00024.png,https://h/truth?token=HUSH
                https://bucket.s3.amazonaws.com/signed.jpg?X-Amz-Credential=HUSH&X-Amz-Signature=HUSH,x
                https://me:HUSH@host/password.jpg,x
                s3a://KEY:HUSH@bucket/key.jpg,x
                nofs://a.dfs.core.windows.net/sas.jpg?X-Amz-Signature=HUSH,x
                abfss://c@a.dfs.core.windows.net/sas.jpg?sig=HUSH,x
                ,https://h/json?token=HUSH
                """.formatted(Path.of(SAMPLES).toAbsolutePath()));
        StringWriter log = new StringWriter();
        CommandLineRun run;
        try (LoggedLines ignored = new LoggedLines(log)) {
            run = classify(
                    manifest.toString(),
                    "--input-format",
                    "manifest",
                    "--truth",
                    "class",
                    "--max-failed-fraction",
                    "1",
                    "--spark-conf",
                    "spark.hadoop.fs.s3a.secret.key=HUSH",
                    "--spark-conf",
                    "spark.sql.orc.compression.codec=uncompressed");
        }

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("signed.jpg").doesNotContain("HUSH");
        assertThat(run.err() + log).contains("chunk 0 done").doesNotContain("HUSH");
        Map<String, String> written = contents(folder.resolve("scores"));
        String plan = written.entrySet().stream()
                .filter(file -> file.getKey().matches("_run/[^/]+/plan/.*"))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining());
        assertThat(List.of("signed.jpg", "password.jpg", "key.jpg", "sas.jpg"))
                .allMatch(plan::contains, "is in the plan");
        assertThat(written.get("_run/report.json")).contains("signed.jpg");
        assertThat(written.get("_run/report.html")).contains("signed.jpg");
        assertThat(written.keySet()).noneMatch(file -> written.get(file).contains("HUSH"));
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        directory.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    /** All that is logged while it is open, as conf/log4j2.properties lets it through. */
    private static final class LoggedLines implements AutoCloseable {
        private final Logger root = ((LoggerContext) LogManager.getContext(false)).getRootLogger();
        private final Appender appender;

        LoggedLines(Writer writer) {
            appender = WriterAppender.createAppender(
                    PatternLayout.newBuilder().withPattern("%m%n%ex").build(), null, writer, "lines", false, true);
            appender.start();
            root.addAppender(appender);
        }

        @Override
        public void close() {
            root.removeAppender(appender);
        }
    }

    @Test
    void namesAndLabelsCommandNoTerminal() throws IOException {
        String evil = "\u001b[31m\u009b2J\u202e";
        String escaped = "\\u001b[31m\\u009b2J\\u202e";
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.write(images.resolve("x" + evil + "\nresults.png"), new byte[10]);
        List<String> names = Files.readAllLines(Path.of("sample-data/model/labels.txt"));
        names.set(1, "Trou" + evil + "ser");
        Path model = folder.resolve("model" + evil);
        CommandLineRun imported =
                importModel(Files.write(folder.resolve("labels.txt"), names).toString(), model);
        CommandLineRun described = CommandLineRun.of("describe-model", "--model", model.toString());
        CommandLineRun json = CommandLineRun.of("describe-model", "--json", "--model", model.toString());
        Files.copy(Path.of(SAMPLES, "00024.png"), images.resolve("good.png"));
        CommandLineRun run = classify(images.toString(), "--model", model.toString(), "--max-failed-fraction", "1");
        CommandLineRun nowhere = classify(folder + "/no" + evil + "\nwhere");

        assertThat(imported.out()).contains("/model" + escaped + ": Xception");
        assertThat(described.out()).contains("Trou" + escaped + "ser, Pullover");
        assertThat(new JsonMapper().readTree(json.out()).get("labels").get(1).asText())
                .isEqualTo("Trou" + evil + "ser");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("unsupported  images/x" + escaped + "\\nresults.png: ")
                .contains("top classes   Trou" + escaped + "ser 1");
        assertThat(nowhere.complaint()).contains("/no" + escaped + "\\nwhere");
        for (CommandLineRun one : List.of(imported, described, json, run, nowhere)) {
            assertThat(one.out() + one.err()).doesNotContain("\u001b").doesNotContain("\u009b");
        }
        assertThat(Files.readString(folder.resolve("scores/_run/report.json"))).contains("\\u001B[31m\u009b2J");
    }

    @Test
    void optionsComeFromAFileAndTheCommandLineWins() throws IOException {
        Path conf = Files.writeString(
                folder.resolve("job.properties"),
                "input=" + SAMPLES + "\noutput=" + folder
                        + "/of-file\ntop-k=0\ninclude.1=*.png\ninclude.2=*.jpg\nmodel=\n");

        CommandLineRun run = CommandLineRun.of("classify", "--conf", conf.toString(), "--top-k", "2");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(folder.resolve("of-file/_SUCCESS")).exists();
    }

    @Test
    void anUnknownOptionInAFileIsNamedWithTheFileAndANearOne() throws IOException {
        Path conf = Files.writeString(folder.resolve("job.properties"), "top_k=3\n");

        CommandLineRun run = CommandLineRun.of("classify", "--conf=" + conf, "--input", SAMPLES, "--output", output());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: " + conf + ": unknown option top_k, did you mean top-k?");
    }

    @Test
    void anOptionThatStandsTwiceInAFileIsRefused() throws IOException {
        Path conf = Files.writeString(folder.resolve("job.properties"), "input=/a\ninput=" + SAMPLES + "\n");

        CommandLineRun run = CommandLineRun.of("classify", "--conf=" + conf, "--output", output());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: " + conf
                        + ": duplicate key input: delete one, or use input.1 and input.2 if the option is"
                        + " repeatable");
    }

    @Test
    void theFileOfDefaultsHasEveryOptionWithItsDefault() throws IOException {
        CommandLineRun help = CommandLineRun.of("classify", "--help");
        Properties defaults = new Properties();
        try (var reader = Files.newBufferedReader(Path.of("conf/job.properties"))) {
            defaults.load(reader);
        }
        Set<String> options = new TreeSet<>();
        Matcher names = Pattern.compile("--([a-z][a-z-]+)[=\\n ]").matcher(help.out());
        while (names.find()) {
            options.add(names.group(1));
        }
        options.removeAll(List.of("conf", "help", "version", "master", "spark-conf"));
        assertThat(defaults.stringPropertyNames()).containsExactlyInAnyOrderElementsOf(options);
        CommandLineRun run = CommandLineRun.of(
                "classify", "--conf", "conf/job.properties", "--input", SAMPLES, "--output", output());
        assertThat(run.exitCode()).isZero();
        CommandLineRun without = classify(SAMPLES);
        assertThat(without.out()).startsWith("Nothing to do: the output is already complete.");
    }

    @Test
    void aQuietRunPrintsOnlyErrors() {
        try {
            CommandLineRun run = classify(SAMPLES, "--quiet");
            CommandLineRun again = classify(SAMPLES, "--quiet");
            CommandLineRun failed = classify(SAMPLES, "--quiet", "--mode=update", "--activation=sigmoid");

            assertThat(run).isEqualTo(new CommandLineRun(0, "", ""));
            assertThat(again).isEqualTo(new CommandLineRun(0, "", ""));
            assertThat(failed.out()).isEmpty();
            assertThat(failed.err())
                    .isEqualTo("spark-xception: the output file:" + folder
                            + "/scores belongs to a run with other settings:"
                            + " activation is softmax in the output and sigmoid in this run. Use the settings of the output,"
                            + " choose another --output, or set --mode to overwrite\n");
            assertThat(folder.resolve("scores/_run/report.json")).exists();
        } finally {
            Configurator.setLevel("org.sparkxception", Level.INFO);
        }
    }

    @Test
    void aRunSaysAtOnceThatItStartsSpark() {
        CommandLineRun run = classify(SAMPLES);

        assertThat(run.err().lines().findFirst().orElseThrow()).endsWith(" INFO  Sessions: starting Spark: local[*,4]");
    }

    @Test
    void aModelIsDescribedAsATable() {
        CommandLineRun run = CommandLineRun.of("describe-model");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
                .startsWith(
                        "layer class output parameters multiply-adds",
                        "input Input 56×56×3 0 0",
                        "block1_conv1 Conv2d 27×27×16 432 314,928")
                .contains(
                        "parameters 736,538, of which 729,018 are trainable",
                        "variant with residual connections, no activation between depthwise and pointwise convolutions",
                        "input 56×56×3",
                        "head 10 classes; scores are by softmax, unless --activation is set",
                        "labels 10: T-shirt, Trouser, Pullover, Dress, Coat, …",
                        "fingerprint " + TestModels.bundled().fingerprint());
    }

    @Test
    void aModelIsDescribedAsJson() throws IOException {
        CommandLineRun run = CommandLineRun.of("describe-model", "--json");

        assertThat(run.exitCode()).isZero();
        JsonNode description = new JsonMapper().readTree(run.out());
        assertThat(description.get("parameters").asLong()).isEqualTo(736_538);
        assertThat(description.get("layers").get(1)).isEqualTo(new JsonMapper().readTree("""
                                {"name": "block1_conv1", "type": "Conv2d",
                                 "output": {"height": 27, "width": 27, "channels": 16},
                                 "parameters": 432, "trainableParameters": 432, "multiplyAdds": 314928}
                                """));
        assertThat(description
                        .get("preprocessing")
                        .get("resize")
                        .get("interpolation")
                        .asText())
                .isEqualTo("BILINEAR");
        assertThat(description.get("residualConnections").asBoolean()).isTrue();
        assertThat(description.get("intermediateActivation").asText()).isEqualTo("NONE");
        assertThat(description.get("defaultActivation").asText()).isEqualTo("softmax");
        assertThat(description.get("labels").get(9).asText()).isEqualTo("Ankle-boot");
    }

    @Test
    void aModelToDescribeThatIsNoneEndsWithSix() {
        CommandLineRun run = CommandLineRun.of("describe-model", "--model", folder.toString());

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.complaint()).startsWith("spark-xception: " + folder + " is not a model bundle (");
    }

    @Test
    void howWellTheTruthWasMetIsSaid() {
        CommandLineRun run = classify(SAMPLES, "--truth", "parent-directory");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("accuracy      1.0000 (24 of 24 images with a known class), top-5 accuracy 1.0000")
                .contains("              macro F1 1.0000, expected calibration error 0.0");
    }

    @Test
    void truthsThatAreNoLabelsAreSaid() throws IOException {
        Path samples = Path.of(SAMPLES).toAbsolutePath();
        Path manifest = Files.writeString(
                folder.resolve("truth.csv"),
                "path,class\n%1$s/00024.png,trousers\n%1$s/00025.png,trousers\n".formatted(samples));

        CommandLineRun run =
                classify(manifest.toString(), "--input-format", "manifest", "--truth", "class", "--top-k", "3");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the truth of 2 of 2 scored images is not one of the model's labels, for"
                        + " example trousers (100.0%), more than --max-failed-fraction 0.05 allows. All results"
                        + " are written; check --truth, and the labels that describe-model shows");
        assertThat(run.out())
                .contains("accuracy      not evaluated: 2 images whose truth is not one of the model's labels, for"
                        + " example trousers");
        assertThat(Files.readString(Path.of(output(), "_run/report.html")))
                .contains("2 images whose truth is not one of the model&#39;s labels, for example trousers");
    }

    @Test
    void imagesThatTheAccuracyLeavesOutAreCounted() throws IOException {
        Path samples = Path.of(SAMPLES).toAbsolutePath();
        Path manifest = Files.writeString(
                folder.resolve("truth.csv"),
                "path,class\n%1$s/00024.png,Trouser\n%1$s/00025.png,trousers\n%1$s/00026.png,\ngone.png,Trouser\n"
                        .formatted(samples));

        CommandLineRun run =
                classify(manifest.toString(), "--input-format=manifest", "--truth=class", "--max-failed-fraction=0.5");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("accuracy      1.0000 (1 of 1 images with a known class)")
                .contains(
                        "              not evaluated: 1 image whose truth is not one of the model's labels, for example"
                                + " trousers; 1 image that was not scored; 1 image without a truth");
        assertThat(new JsonMapper()
                        .readTree(Path.of(output(), "_run/report.json").toFile())
                        .at("/evaluation/aside")
                        .toString())
                .isEqualTo("{\"notScored\":1,\"otherTruth\":1,\"otherTruths\":[\"trousers\"],\"withoutTruth\":1}");
        assertThat(Files.readString(Path.of(output(), "_run/report.html")))
                .contains("Not evaluated: 1 image whose truth is not one of the model&#39;s labels, for example"
                        + " trousers; 1 image that was not scored; 1 image without a truth.");
    }

    @Test
    void directoriesOfAnotherNormalFormThanTheLabelsAreTheSameClasses() throws IOException {
        Path labels = Files.writeString(
                folder.resolve("labels.txt"),
                Files.readString(Path.of("sample-data/model/labels.txt")).replace("Trouser", "pantal\u00f3n"));
        Path model = folder.resolve("model");
        assertThat(importModel(labels.toString(), model).exitCode()).isZero();
        Path directory = Files.createDirectories(folder.resolve("images/pantalo\u0301n"));
        Files.copy(Path.of(SAMPLES, "00024.png"), directory.resolve("trouser.png"));
        Files.copy(Path.of("sample-data/images/Bag/00192.png"), directory.resolve("bag.png"));

        CommandLineRun run =
                classify(folder.resolve("images").toString(), "--model=" + model, "--truth=parent-directory");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.out()).contains("accuracy      0.5000 (1 of 2 images with a known class)");
        assertThat(Files.readString(Path.of(output(), "_run/report.html"))).contains("truth: pantalo\u0301n");
    }

    private CommandLineRun classify(String input, String... more) {
        String[] arguments = Stream.concat(
                        Stream.of("classify", "--input", input, "--output", output()), Arrays.stream(more))
                .toArray(String[]::new);
        return CommandLineRun.of(arguments);
    }

    private static CommandLineRun importModel(String labels, Path output) {
        return CommandLineRun.of(
                "import-model",
                "--weights",
                "sample-data/model/fashion-mnist.h5",
                "--labels",
                labels,
                "--input-size",
                "56",
                "--output",
                output.toString());
    }

    private String output() {
        return folder.resolve("scores").toString();
    }

    private static void assertComplaint(int code, String complaint, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.complaint()).isEqualTo(complaint);
        assertThat(run.exitCode()).isEqualTo(code);
    }
}
