package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.TestSpark;
import picocli.CommandLine;

/**
 * Networks that tell two classes apart by one unit, as Keras saves them. Keras answers to the four images with the probabilities 0.3936522,
 * 0.5259772, 0.3665058 and 0.2776913 of the second class, and with the logits -3.4167004, -0.8316685, -1.8317550 and 1.1011925.
 */
class BinaryModelTest {
    private static final float TOLERANCE = 1e-4f;

    @TempDir
    static Path folder;

    @BeforeAll
    static void importModels() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        Files.writeString(folder.resolve("one.txt"), "dog\n");
        Files.writeString(folder.resolve("three.txt"), "cat\ndog\neel\n");
        for (String name : List.of("binary", "binary_logits")) {
            FineTunedNetwork network = FineTunedNetwork.named(name);
            network.copyTo(folder);
            assertThat(importModel(name, "labels").complaint()).isEmpty();
        }
        write("cat", 0);
        write("dog", 1);
        write("dog", 2);
        write("cat", 3);
    }

    @Test
    void labelScoresAndAccuracyFollowFromTheProbabilityOfTheSecondClass() throws Exception {
        assertThat(classify("binary", "probabilities", "--all-scores", "--truth=parent-directory"))
                .isZero();

        List<Row> rows = rows("probabilities").collectAsList();
        assertThat(rows).extracting(row -> row.getString(0)).containsExactly("cat", "dog", "cat", "cat");
        assertScores(rows, 1, 0.6063478, 0.5259772, 0.6334942, 0.7223087);
        assertScores(rows, 3, 0.6063478, 0.4740228, 0.6334942, 0.7223087);
        assertScores(rows, 4, 0.3936522, 0.5259772, 0.3665058, 0.2776913);
        assertThat(rows.get(0).getInt(2)).isEqualTo(2);
        assertThat(rows.get(1).<Row>getList(5))
                .extracting(best -> best.getInt(0), best -> best.getString(1))
                .containsExactly(tuple(1, "dog"), tuple(0, "cat"));

        JsonNode evaluation = report("probabilities").get("evaluation");
        assertThat(evaluation.get("measures").get("accuracy").asDouble()).isEqualTo(0.75);
        assertThat(evaluation.get("measures").get("top5").asDouble()).isEqualTo(1);
        // The bins of 0.6063478 (right) and 0.6334942 (wrong), of 0.5259772 (right), and of 0.7223087 (right).
        assertThat(evaluation.get("measures").get("expectedCalibrationError").asDouble())
                .isCloseTo(0.5 * 0.119921 + 0.25 * 0.4740228 + 0.25 * 0.2776913, within(1e-4));
        assertThat(evaluation.get("confusion").toString()).isEqualTo("[[0,0,2],[1,0,1],[1,1,1]]");
        assertThat(evaluation.get("notes")).isEmpty();
    }

    @Test
    void oneUnitWithoutActivationIsALogitOfASigmoid() throws Exception {
        assertThat(classify("binary_logits", "of-logits", "--all-scores")).isZero();

        List<Row> rows = rows("of-logits").collectAsList();
        assertThat(rows).extracting(row -> row.getString(0)).containsExactly("cat", "cat", "cat", "dog");
        assertScores(rows, 4, 0.0317776, 0.3032924, 0.1380293, 0.7504835);
        assertScores(rows, 1, 0.9682224, 0.6967076, 0.8619707, 0.7504835);
    }

    @Test
    void theLogitStaysASingleValue() throws Exception {
        assertThat(classify("binary_logits", "logits", "--all-scores", "--activation=none"))
                .isZero();

        Dataset<Row> results = rows("logits");
        List<Row> rows = results.collectAsList();
        assertThat(rows).extracting(row -> row.getString(0)).containsExactly("cat", "cat", "cat", "dog");
        assertThat(rows).extracting(row -> row.getInt(2)).containsOnly(1);
        assertScores(rows, 3, -3.4167004, -0.8316685, -1.831755, 1.1011925);
        // The logit of the class that the label names: that of the first is the other's with the other sign.
        assertScores(rows, 1, 3.4167004, 0.8316685, 1.831755, 1.1011925);
        assertThat(rows.get(0).<Row>getList(5).get(1).getFloat(2)).isCloseTo(-3.4167004f, within(TOLERANCE));
        assertThat(TestSpark.session()
                        .read()
                        .parquet(folder.resolve("logits").toString())
                        .schema()
                        .apply("scores")
                        .metadata()
                        .getStringArray("labels"))
                .containsExactly("dog");
    }

    @Test
    void aPrecisionIsComparedByTheProbabilities() throws Exception {
        assertThat(classify("binary", "bf16", "--precision=bf16", "--min-agreement=0.6"))
                .isZero();

        JsonNode precision = report("bf16").get("precision");
        assertThat(precision.get("images").asInt()).isEqualTo(3);
        assertThat(precision.get("meanDifference").asDouble()).isBetween(1e-6, 0.05);
    }

    @Test
    void softmaxOfOneValueIsRefused() {
        CommandLineRun run = CommandLineRun.of(
                "classify",
                "--model=" + folder.resolve("binary-model"),
                "--input=" + folder.resolve("images"),
                "--output=" + folder.resolve("refused"),
                "--activation=softmax");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo(
                        "spark-xception: the network has one output, for which softmax is always 1: omit --activation to"
                                + " use sigmoid, or set it to none");
    }

    @Test
    void otherNumbersOfLabelsAreRefusedWithTheWayOut() {
        String way =
                ", but a network with one output has two classes: specify two labels, first that of the class trained as 0,"
                        + " then that of the class trained as 1";

        CommandLineRun one = importModel("binary", "one");
        CommandLineRun three = importModel("binary", "three");

        assertThat(one.exitCode()).isEqualTo(2);
        assertThat(one.complaint())
                .isEqualTo("spark-xception: the labels file " + folder.resolve("one.txt") + ": there is 1 label" + way);
        assertThat(three.complaint())
                .isEqualTo("spark-xception: the labels file " + folder.resolve("three.txt") + ": there are 3 labels"
                        + way);
    }

    @Test
    void itIsDescribedWithBothClasses() throws Exception {
        CommandLineRun text = CommandLineRun.of("describe-model", "--model=" + folder.resolve("binary_logits-model"));
        CommandLineRun json =
                CommandLineRun.of("describe-model", "--json", "--model=" + folder.resolve("binary_logits-model"));

        assertThat(text.out())
                .contains("head           2 classes, from one output, the score of the second; scores are by sigmoid,"
                        + " unless --activation is set\nlabels         2: cat, dog\n");
        JsonNode description = new JsonMapper().readTree(json.out());
        assertThat(description.get("classes").asInt()).isEqualTo(2);
        assertThat(description.get("defaultActivation").asText()).isEqualTo("sigmoid");
    }

    private static CommandLineRun importModel(String name, String labels) {
        return CommandLineRun.of(
                "import-model",
                "--weights=" + folder.resolve(name + ".keras"),
                "--labels=" + folder.resolve(labels + ".txt"),
                "--output=" + folder.resolve(name + "-model"));
    }

    /** In a Spark session that is open: the start of one would take longest. */
    private static int classify(String model, String output, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--input=" + folder.resolve("images"),
                "--model=" + folder.resolve(model + "-model"),
                "--output=" + folder.resolve(output)));
        arguments.addAll(Arrays.asList(more));
        ClassifyCommand command = new ClassifyCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(String[]::new));
        return command.classify(TestSpark.session(), command.settings(), Optional.empty());
    }

    /** Label, score, how many scores, the first and the last of them, predictions; in the order of the images. */
    private static Dataset<Row> rows(String output) {
        return TestSpark.session()
                .read()
                .parquet(folder.resolve(output).toString())
                .selectExpr(
                        "label",
                        "score",
                        "size(scores)",
                        "scores[0]",
                        "scores[size(scores) - 1]",
                        "predictions",
                        "right(path, 5) as file")
                .orderBy("file");
    }

    private static JsonNode report(String output) throws IOException {
        return new JsonMapper()
                .readTree(folder.resolve(output).resolve("_run/report.json").toFile());
    }

    private static void assertScores(List<Row> rows, int column, double... expected) {
        assertThat(rows).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(rows.get(i).getFloat(column))
                    .as("image %d", i)
                    .isCloseTo((float) expected[i], within(TOLERANCE));
        }
    }

    /** An image that Keras answered to, in exactly the size of the network's input. */
    private static void write(String truth, int number) throws IOException {
        FineTunedNetwork network = FineTunedNetwork.named("binary");
        byte[] rgb = network.pixels(number);
        BufferedImage image = new BufferedImage(network.width(), network.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < network.width() * network.height(); i++) {
            int pixel = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
            image.setRGB(i % network.width(), i / network.width(), pixel);
        }
        Path directory = Files.createDirectories(folder.resolve("images").resolve(truth));
        ImageIO.write(image, "png", directory.resolve(number + ".png").toFile());
    }
}
