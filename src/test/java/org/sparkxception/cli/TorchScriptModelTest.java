package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.TestSpark;
import org.sparkxception.ZipBytes;

/** Users' own TorchScript programs, which torch saved, from {@code import-model} to the scores in Parquet. */
class TorchScriptModelTest {
    private static final int SIZE = 32;

    @TempDir
    Path folder;

    @BeforeEach
    void writeLabels() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\nbird\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "traced; --outputs=logits",
                "scripted; --resize=tensorflow --interpolation=bilinear",
                "imagenet; --mean=0.485,0.456,0.406 --std=0.229,0.224,0.225",
                "probabilities; --outputs=probabilities"
            })
    void scoresAreThoseOfTorch(String program, String options) throws IOException {
        CommandLineRun imported =
                importModel(program, Stream.concat(Stream.of("--trust-code"), Arrays.stream(options.split(" "))));
        assertThat(imported.complaint()).isEmpty();
        assertThat(imported.exitCode()).isZero();
        JsonNode expected = references().get(program).get("scores");

        CommandLineRun run = classify("--trust-code", "--all-scores");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertScores(expected);
    }

    /** The program has room for two images, and the weights of the one that has room for all. */
    @Test
    void aBatchThatMemoryIsTooLittleForIsHalvedAndCounted() throws IOException {
        assertThat(importModel("crowded", "--trust-code").complaint()).isEmpty();
        JsonNode expected = references().get("scripted").get("scores");

        CommandLineRun run = classify("--trust-code", "--all-scores", "--batch-size=8");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertScores(expected);
        assertThat(run.out())
                .contains(
                        "warning       batches halved because they did not fit in memory: 1; use a smaller batch-size");
        assertThat(new JsonMapper()
                        .readTree(folder.resolve("scores/_run/report.json").toFile())
                        .at("/model/halvings")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aProgramIsNotImportedWithoutTrust() {
        CommandLineRun run = importModel("traced");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: " + folder.resolve("traced.pt")
                        + " is a TorchScript program, which runs with the permissions of the job: if you trust its authors,"
                        + " allow it with --trust-code");
        assertThat(folder.resolve("model")).doesNotExist();
    }

    @Test
    void aModelThatIsAProgramIsNotRunWithoutTrust() throws IOException {
        assertThat(importModel("traced", "--trust-code").exitCode()).isZero();

        CommandLineRun run = classify();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo(
                        "spark-xception: the model's network is a TorchScript program, which runs with the permissions of"
                                + " the job: if you trust its authors, allow it with --trust-code");
        assertThat(folder.resolve("scores")).doesNotExist();
    }

    @Test
    void aProgramHasNoEmbedding() throws IOException {
        assertThat(importModel("traced", "--trust-code").exitCode()).isZero();

        CommandLineRun run = classify("--trust-code", "--embedding");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the model's network is a TorchScript program, which has no known embedding:"
                        + " omit --embedding");
    }

    @Test
    void aProgramIsDescribedWithoutBeingRun() throws IOException {
        assertThat(importModel("imagenet", "--trust-code", "--mean=0.485,0.456,0.406", "--std=0.229,0.224,0.225")
                        .out()
                        .lines())
                .startsWith(
                        folder.resolve("model") + ": a TorchScript program, 3 classes, input 32×32, nearest resize");
        replaceProgram(new byte[] {1, 2, 3});

        CommandLineRun table = CommandLineRun.of("describe-model", "--model=" + folder.resolve("model"));
        CommandLineRun json = CommandLineRun.of("describe-model", "--json", "--model=" + folder.resolve("model"));

        assertThat(table.exitCode()).isZero();
        assertThat(table.out().lines().limit(6))
                .containsExactly(
                        "network        a TorchScript program: classify runs it only with --trust-code",
                        "input          32×32×3",
                        "preprocessing  nearest resize, then (value / 255 - mean) / deviation, for red, green, blue:"
                                + " mean [0.485, 0.456, 0.406], deviation [0.229, 0.224, 0.225]",
                        "head           3 classes; scores are by softmax, unless --activation is set",
                        "labels         3: cat, dog, bird",
                        "size           3 bytes");
        JsonNode description = new JsonMapper().readTree(json.out());
        assertThat(description.get("bytes").asInt()).isEqualTo(3);
        assertThat(description.get("labels").get(2).asText()).isEqualTo("bird");
        assertThat(description.has("layers")).isFalse();
        assertThat(description.has("parameters")).isFalse();
    }

    @Test
    void aProgramThatWasDamagedEndsWithSix() throws IOException {
        assertThat(importModel("traced", "--trust-code").exitCode()).isZero();
        byte[] whole = Files.readAllBytes(folder.resolve("model/model.pt"));
        replaceProgram(Arrays.copyOf(whole, whole.length / 2));

        CommandLineRun run = classify("--trust-code");

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the model cannot be loaded on cpu(): istream reader failed: reading file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "two_outputs; it fails for an image of 32×32: it returns 2 tensors instead of one of shape images × labels",
                "double; it fails for an image of 32×32: it returns float64 instead of float32",
                "bfloat16; it fails for an image of 32×32: it returns unknown instead of float32",
                "maps; it fails for an image of 32×32: it returns the shape (1, 3, 32, 32) instead of (1, 3), images × labels",
                "two_inputs; it fails for an image of 32×32: forward() is missing value for argument 'y'",
                "cuda; it fails for an image of 32×32: Could not run 'aten::empty.memory_format' with arguments from the 'CUDA' backend",
                "nan; its output for an image contains NaN",
                "one_image; it accepts one image, but not two (does it reshape to the batch size of its trace?): shape '[1, 3]' is invalid for input of size 6",
                "training; its output for an image depends on the batch, or differs from call to call: call model.eval() before tracing it",
                "probabilities; its outputs are probabilities, which sum to 1: set --outputs to probabilities",
                "newer_operator; it cannot be loaded: Unknown builtin op: aten::relu_of_tomorrow"
            })
    void aProgramThatIsNoClassifierIsRefused(String program, String why) {
        assertRefused(importModel(program, "--trust-code"), program, " cannot be used as a model: " + why);
    }

    /** Of the classes that torch scored, the logit of the second against the first. */
    @Test
    void oneOutputOfAProgramTellsTwoClassesApart() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        returning("torch.sub(torch.slice(_1, 1, 1, 2), torch.slice(_1, 1, 0, 1))");
        assertThat(importFile(folder.resolve("scripted.pt"), Stream.of("--trust-code"))
                        .complaint())
                .isEmpty();

        CommandLineRun run = classify("--trust-code", "--all-scores");

        assertThat(run.complaint()).isEmpty();
        List<List<Double>> expected = new ArrayList<>();
        for (JsonNode scores : references().get("scripted").get("scores")) {
            double both = scores.get(0).asDouble() + scores.get(1).asDouble();
            expected.add(List.of(scores.get(0).asDouble() / both, scores.get(1).asDouble() / both));
        }
        assertScores(new JsonMapper().valueToTree(expected));
        assertThat(CommandLineRun.of("describe-model", "--model=" + folder.resolve("model"))
                        .out())
                .contains("head           2 classes, from one output, the score of the second; scores are by sigmoid,"
                        + " unless --activation is set\nlabels         2: cat, dog\n");
    }

    @Test
    void oneProbabilityOfAProgramIsThatOfTheSecondClass() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        returning("torch.slice(torch.softmax(_1, 1), 1, 2, 3)");
        assertThat(importFile(folder.resolve("scripted.pt"), Stream.of("--trust-code", "--outputs=probabilities"))
                        .complaint())
                .isEmpty();

        CommandLineRun run = classify("--trust-code", "--all-scores");

        assertThat(run.complaint()).isEmpty();
        List<List<Double>> expected = new ArrayList<>();
        for (JsonNode scores : references().get("scripted").get("scores")) {
            expected.add(List.of(1 - scores.get(2).asDouble(), scores.get(2).asDouble()));
        }
        assertScores(new JsonMapper().valueToTree(expected));
        assertThat(classify("--trust-code", "--activation=sigmoid").complaint())
                .isEqualTo("spark-xception: the model's network outputs probabilities, which are used as scores: omit"
                        + " --activation");
    }

    /** The second value of an image is below 0.05 in the first alone, and 0 divided by 0 is NaN. */
    @Test
    void anImageThatTheNetworkHasNoNumbersForIsARowThatSaysSo() throws IOException {
        returning("torch.div(torch.mul(_1, torch.relu(torch.add(torch.slice(_0, 1, 1, 2), 0.95))),"
                + " torch.relu(torch.add(torch.slice(_0, 1, 1, 2), 0.95)))");
        assertThat(importFile(folder.resolve("scripted.pt"), Stream.of("--trust-code"))
                        .complaint())
                .isEmpty();

        CommandLineRun run = classify("--trust-code", "--max-failed-fraction=0.25");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(TestSpark.session()
                        .read()
                        .parquet(folder.resolve("scores").toString())
                        .orderBy("path")
                        .select("status", "error", "width", "label")
                        .collectAsList())
                .extracting(
                        row -> row.getString(0), row -> row.getString(1), row -> row.getInt(2), row -> row.isNullAt(3))
                .containsExactly(
                        tuple(
                                "non_finite",
                                "the network's outputs for this image contain NaN or infinite values at fp32",
                                SIZE,
                                true),
                        tuple("ok", null, SIZE, false),
                        tuple("ok", null, SIZE, false),
                        tuple("ok", null, SIZE, false));
        assertThat(run.out()).contains("non_finite");
    }

    /** Writes the program that torch scripted, which returns something of its logits. */
    private void returning(String expression) throws IOException {
        Path file = copy("scripted");
        Map<String, byte[]> parts = ZipBytes.unzip(Files.readAllBytes(file));
        parts.replaceAll((name, content) -> {
            String code = new String(content, StandardCharsets.ISO_8859_1);
            String edited = code.replace(
                    "    return (dense).forward(_0, )", "    _1 = (dense).forward(_0, )\n    return " + expression);
            return name.endsWith(".py") ? edited.getBytes(StandardCharsets.ISO_8859_1) : content;
        });
        Files.write(file, ZipBytes.zip(parts));
    }

    @Test
    void anotherInputSizeIsRefused() {
        assertRefused(
                importModel("scripted", "--trust-code", "--input-size=33"),
                "scripted",
                " cannot be used as a model: it fails for an image of 33×33: wants 32 rows");
    }

    @Test
    void anotherNumberOfLabelsIsRefused() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\nbird\nfish\n");

        assertRefused(
                importModel("traced", "--trust-code"),
                "traced",
                " cannot be used as a model: it fails for an image of 32×32: it returns the shape (1, 3) instead of (1, 4),"
                        + " images × labels");
    }

    @Test
    void logitsAreNoProbabilities() {
        assertRefused(
                importModel("traced", "--trust-code", "--outputs=probabilities"),
                "traced",
                " cannot be used as a model: its outputs are not all from 0 to 1, so they are not probabilities: set"
                        + " --outputs to logits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"state_dict", "pickled_module"})
    void aPickleIsRefusedAndTheWayOutIsSaid(String pickle) {
        assertRefused(
                importModel(pickle, "--trust-code"),
                pickle,
                " is a PyTorch pickle, which runs code when it is loaded: convert it with"
                        + " safetensors.torch.save_file(model.state_dict(), \"model.safetensors\"), where model is"
                        + " timm.create_model(\"legacy_xception\", num_classes=N) with these weights loaded; for any other"
                        + " network, save torch.jit.script(model.eval()).save(\"model.pt\")");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 99})
    void aFileThatIsCutIsRefused(int percent) throws IOException {
        byte[] whole = Files.readAllBytes(copy("traced"));
        Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length * percent / 100));

        assertRefused(
                importFile(cut, Stream.of("--trust-code")),
                "cut",
                " is a truncated PyTorch archive: use the complete file");
    }

    @Test
    void aNormalizationOnAnotherScaleIsRefused() {
        CommandLineRun run = importModel("traced", "--trust-code", "--mean=123.7,116.3,103.5");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo(
                        "spark-xception: --mean must be on a scale of 0 to 1 but was [123.7, 116.3, 103.5]: divide by 255");
    }

    private void assertScores(JsonNode expected) {
        List<Row> rows = TestSpark.session()
                .read()
                .parquet(folder.resolve("scores").toString())
                .orderBy("path")
                .collectAsList();
        assertThat(rows).hasSize(4);
        for (int image = 0; image < 4; image++) {
            List<Float> scores = rows.get(image).getList(rows.get(image).fieldIndex("scores"));
            assertThat(scores).hasSize(expected.get(image).size());
            for (int i = 0; i < scores.size(); i++) {
                assertThat((double) scores.get(i))
                        .isCloseTo(expected.get(image).get(i).asDouble(), within(1e-4));
            }
        }
    }

    private void assertRefused(CommandLineRun run, String program, String why) {
        assertThat(run.complaint()).isEqualTo("spark-xception: " + folder.resolve(program + ".pt") + why);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(folder.resolve("model")).doesNotExist();
    }

    /** By somebody who leaves no checksums. */
    private void replaceProgram(byte[] content) throws IOException {
        Files.delete(folder.resolve("model/checksums.sha256"));
        Files.write(folder.resolve("model/model.pt"), content);
        Files.deleteIfExists(folder.resolve("model/.model.pt.crc"));
    }

    private Path copy(String program) throws IOException {
        try (InputStream stream = resource(program + ".pt")) {
            return Files.write(folder.resolve(program + ".pt"), stream.readAllBytes());
        }
    }

    private CommandLineRun importModel(String program, String... more) {
        return importModel(program, Arrays.stream(more));
    }

    private CommandLineRun importModel(String program, Stream<String> more) {
        try {
            return importFile(copy(program), more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CommandLineRun importFile(Path file, Stream<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "import-model",
                "--weights=" + file,
                "--labels=" + folder.resolve("labels.txt"),
                "--output=" + folder.resolve("model")));
        more.forEach(arguments::add);
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--input-size"))) {
            arguments.add("--input-size=" + SIZE);
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private CommandLineRun classify(String... more) throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        for (int k = 0; k < 4; k++) {
            ImageIO.write(image(k), "png", images.resolve(k + ".png").toFile());
        }
        List<String> arguments = new ArrayList<>(List.of(
                "classify",
                "--model=" + folder.resolve("model"),
                "--input=" + images,
                "--output=" + folder.resolve("scores")));
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    /** The image that the script describes. */
    private static BufferedImage image(int k) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int red = (3 + 5 * k) * x + (7 + 2 * k) * y + k * x * y;
                image.setRGB(x, y, (red & 255) << 16 | (red + 59 & 255) << 8 | (red + 118 & 255));
            }
        }
        return image;
    }

    private static JsonNode references() throws IOException {
        try (InputStream stream = resource("torchscript.json")) {
            return new JsonMapper().readTree(stream);
        }
    }

    private static InputStream resource(String name) {
        return TorchScriptModelTest.class.getResourceAsStream("/org/sparkxception/torchscript/" + name);
    }
}
