package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.TestSpark;

/** A network that was saved without its top: from its file to embeddings. */
class WithoutClassesTest {
    @TempDir
    static Path folder;

    private static CommandLineRun imported;

    @BeforeAll
    static void importModel() throws IOException {
        imported = importModel(FineTunedNetwork.named("without_top"), "model");
    }

    private static CommandLineRun importModel(FineTunedNetwork network, String model, String... more)
            throws IOException {
        return run(
                List.of(
                        "import-model",
                        "--weights",
                        network.copyTo(folder).toString(),
                        "--output",
                        folder.resolve(model).toString()),
                more);
    }

    private static CommandLineRun classify(String output, String... more) {
        return run(
                List.of(
                        "classify",
                        "--input",
                        "sample-data/images/Trouser",
                        "--model",
                        folder.resolve("model").toString(),
                        "--output",
                        folder.resolve(output).toString()),
                more);
    }

    private static CommandLineRun run(List<String> arguments, String... more) {
        return CommandLineRun.of(
                Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void itIsImportedWithoutLabels() {
        assertThat(imported.complaint()).isEmpty();
        assertThat(imported.out())
                .startsWith(folder + "/model: Xception with 7,288 parameters, no classes, input 71×71, nearest resize");
    }

    @Test
    void labelsOfClassesThatItDoesNotHaveAreRefused() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");

        CommandLineRun run =
                importModel(FineTunedNetwork.named("without_top"), "labeled-model", "--labels", labels.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the labels file " + labels
                        + ": there are 2 labels, but the network has no classes and outputs only embeddings");
    }

    @Test
    void aNetworkThatHasClassesNeedsLabels() throws IOException {
        CommandLineRun run = importModel(FineTunedNetwork.named("sequential"), "unlabeled-model");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the network has 5 classes: set their names with --labels");
        assertThat(folder.resolve("unlabeled-model")).doesNotExist();
    }

    @Test
    void itIsDescribed() throws IOException {
        String model = folder.resolve("model").toString();

        assertThat(CommandLineRun.of("describe-model", "--model", model)
                        .out()
                        .lines()
                        .map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "avg_pool GlobalAveragePool 1×1×32 0 0",
                        "head no classes: the output is an embedding, for classify --embedding",
                        "labels none");
        JsonNode json = new JsonMapper()
                .readTree(CommandLineRun.of("describe-model", "--json", "--model", model)
                        .out());
        assertThat(json.get("classes").asInt()).isZero();
        assertThat(json.get("labels")).isEmpty();
        assertThat(json.get("defaultActivation").asText()).isEqualTo("none");
    }

    @Test
    void rowsHaveAnEmbeddingAndNothingOfClasses() {
        CommandLineRun run = classify("scores", "--embedding");

        assertThat(run.complaint()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("images        24: 24 ok").doesNotContain("top classes");
        List<Row> rows = TestSpark.session()
                .read()
                .parquet(folder.resolve("scores").toString())
                .selectExpr("status", "label", "score", "predictions", "scores", "size(embedding)")
                .distinct()
                .collectAsList();
        assertThat(rows).extracting(Row::toString).containsExactly("[ok,null,null,null,null,32]");
        assertThat(classify("scores", "--embedding").out()).startsWith("Nothing to do");
    }

    @Test
    void whatOnlyClassesGiveIsRefused() {
        String complaint =
                "spark-xception: the model has no classes and outputs only embeddings: use --embedding, and omit"
                        + " --all-scores, --top-k and --activation";
        assertComplaint(complaint);
        assertComplaint(complaint, "--embedding", "--all-scores");
        assertComplaint(complaint, "--embedding", "--top-k", "3");
        assertComplaint(complaint, "--embedding", "--activation", "sigmoid");
        assertComplaint(
                "spark-xception: the model has no classes to compare --truth with: omit --truth",
                "--embedding",
                "--truth",
                "parent-directory");
        assertComplaint(
                "spark-xception: the model has no classes for --min-agreement to compare: omit --min-agreement",
                "--embedding",
                "--precision=bf16",
                "--min-agreement=0.9");
    }

    private static void assertComplaint(String complaint, String... more) {
        CommandLineRun run = classify("refused", more);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint()).isEqualTo(complaint);
        assertThat(folder.resolve("refused")).doesNotExist();
    }
}
