package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;
import picocli.CommandLine;

/** Fine-tuned networks from their files to the scores of PNG images in Parquet, with the options that users give. */
@LongTest
class FineTunedScoresTest {
    private static final int IMAGES = 4;

    @TempDir
    static Path folder;

    static Stream<FineTunedNetwork> networks() throws IOException {
        return FineTunedNetwork.all().stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void scoresAreThoseOfTheLibrary(FineTunedNetwork network) throws Exception {
        CommandLineRun imported = importModel(network);
        assertThat(imported.exitCode()).as(imported.err()).isZero();

        SparkSession spark = TestSpark.session();
        assertThat(classify(network, spark)).isZero();
        List<Row> rows = spark.read()
                .parquet(folder.resolve(network + "-scores").toString())
                .orderBy("path")
                .select(network.isEmbedding() ? "embedding" : "scores")
                .collectAsList();

        assertThat(rows).hasSize(IMAGES);
        for (int image = 0; image < IMAGES; image++) {
            List<Double> expected = expected(network, image);
            List<Float> scores = rows.get(image).getList(0);
            assertThat(scores).hasSize(expected.size());
            for (int i = 0; i < scores.size(); i++) {
                assertThat(scores.get(i))
                        .as("value %d of image %d", i, image)
                        .isCloseTo(expected.get(i).floatValue(), within(network.tolerance()));
            }
        }
    }

    /** The library's answer; its one probability of two classes is that of the second. */
    private static List<Double> expected(FineTunedNetwork network, int image) {
        List<Double> outputs = new ArrayList<>();
        network.outputs().get(image).forEach(output -> outputs.add(output.asDouble()));
        boolean ofSecond = outputs.size() == 1 && network.text("activation").equals("sigmoid");
        return ofSecond ? List.of(1 - outputs.get(0), outputs.get(0)) : outputs;
    }

    private static CommandLineRun importModel(FineTunedNetwork network) throws IOException {
        List<String> command = new ArrayList<>(List.of("import-model"));
        add(command, "--weights", network.copyTo(folder));
        add(command, "--output", folder.resolve(network + "-model"));
        network.inputSize().ifPresent(size -> add(command, "--input-size", size));
        if (!network.isEmbedding()) {
            List<String> labels = IntStream.range(
                            0, Math.max(2, network.outputs().get(0).size()))
                    .mapToObj(index -> "class " + index)
                    .toList();
            add(command, "--labels", Files.write(folder.resolve(network + "-labels"), labels));
        }
        return CommandLineRun.of(command.toArray(String[]::new));
    }

    /** The command that the arguments mean, but in a Spark session that is open: the start of one would take longest. */
    private static int classify(FineTunedNetwork network, SparkSession spark) throws Exception {
        List<String> arguments = new ArrayList<>();
        add(arguments, "--input", images(network));
        add(arguments, "--model", folder.resolve(network + "-model"));
        add(arguments, "--output", folder.resolve(network + "-scores"));
        arguments.add(network.isEmbedding() ? "--embedding" : "--all-scores");
        if (network.text("activation").equals("none")) {
            add(arguments, "--activation", "none");
        }
        ClassifyCommand command = new ClassifyCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(String[]::new));
        return command.classify(spark, command.settings(), Optional.empty());
    }

    private static void add(List<String> command, String option, Object value) {
        command.addAll(List.of(option, value.toString()));
    }

    /** The images that the script describes, in exactly the size of the network's input. */
    private static Path images(FineTunedNetwork network) throws IOException {
        Path images = Files.createDirectory(folder.resolve(network + "-images"));
        for (int number = 0; number < IMAGES; number++) {
            byte[] rgb = network.pixels(number);
            BufferedImage image = new BufferedImage(network.width(), network.height(), BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < network.width() * network.height(); i++) {
                int pixel = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
                image.setRGB(i % network.width(), i / network.width(), pixel);
            }
            ImageIO.write(image, "png", images.resolve(number + ".png").toFile());
        }
        return images;
    }
}
