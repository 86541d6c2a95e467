package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
                "scripted; --outputs=logits",
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
        List<Row> rows = TestSpark.session()
                .read()
                .parquet(folder.resolve("scores").toString())
                .orderBy("path")
                .collectAsList();
        assertThat(rows).hasSize(4);
        for (int image = 0; image < 4; image++) {
            List<Float> scores = rows.get(image).getList(rows.get(image).fieldIndex("scores"));
            assertThat(scores).hasSize(3);
            for (int i = 0; i < 3; i++) {
                assertThat((double) scores.get(i))
                        .isCloseTo(expected.get(image).get(i).asDouble(), within(1e-4));
            }
        }
    }

    @Test
    void aProgramIsNotImportedWithoutTrust() {
        CommandLineRun run = importModel("traced");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: " + folder.resolve("traced.pt")
                        + " is a TorchScript program, which runs with the rights of the job: if you trust those who made it,"
                        + " allow it with --trust-code (trustCode(true) in Java)");
        assertThat(folder.resolve("model")).doesNotExist();
    }

    @Test
    void aModelThatIsAProgramIsNotRunWithoutTrust() throws IOException {
        assertThat(importModel("traced", "--trust-code").exitCode()).isZero();

        CommandLineRun run = classify();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo(
                        "spark-xception: the model's network is a TorchScript program, which runs with the rights of the"
                                + " job: if you trust those who made it, allow it with --trust-code (trustCode(true) in Java)");
        assertThat(folder.resolve("scores")).doesNotExist();
    }

    @Test
    void aProgramHasNoEmbedding() throws IOException {
        assertThat(importModel("traced", "--trust-code").exitCode()).isZero();

        CommandLineRun run = classify("--trust-code", "--embedding");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the model's network is a program of its own, of which only the classes are"
                        + " known: leave out --embedding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two_outputs",
                "double",
                "bfloat16",
                "nan",
                "one_image",
                "training",
                "cuda",
                "maps",
                "two_inputs",
                "state_dict",
                "pickled_module",
                "probabilities"
            })
    void x(String program) throws IOException {
        CommandLineRun run = importModel(program, "--trust-code");
        System.err.println("XXX " + program + " " + run.exitCode() + " " + run.err());
    }

    private CommandLineRun importModel(String program, String... more) {
        return importModel(program, Arrays.stream(more));
    }

    private CommandLineRun importModel(String program, Stream<String> more) {
        Path file = folder.resolve(program + ".pt");
        try (InputStream stream = resource(program + ".pt")) {
            Files.write(file, stream.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>(List.of(
                "import-model",
                "--weights=" + file,
                "--labels=" + folder.resolve("labels.txt"),
                "--input-size=" + SIZE,
                "--output=" + folder.resolve("model")));
        more.forEach(arguments::add);
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
                image.setRGB(x, y, (red & 255) << 16 | (red + 59 & 255) << 8 | red + 118 & 255);
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
