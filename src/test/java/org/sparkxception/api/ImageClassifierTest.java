package org.sparkxception.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Labels;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.TorchScriptNetwork;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;

/** Scoring within somebody's own Spark job. */
class ImageClassifierTest {
    private static final StructType SCHEMA = new StructType()
            .add("content", DataTypes.BinaryType)
            .add("id", DataTypes.LongType)
            .add("note", DataTypes.StringType);

    private final SparkSession spark = TestSpark.session();
    private final ImageClassifier classifier = new ImageClassifier(
            spark, TestModels.bundled(), ScoringSettings.builder().topK(2).build());

    @Test
    void rowsKeepTheirColumnsAndGainTheirScores() throws Exception {
        Dataset<Row> images = images(
                RowFactory.create(resource("rgb.png"), 1L, "fine"),
                RowFactory.create(new byte[] {1, 2, 3}, 2L, null),
                RowFactory.create(null, 3L, "nothing there"));

        Dataset<Row> scores = classifier.classify(images, "content");

        assertThat(scores.columns())
                .containsExactly(
                        "id",
                        "note",
                        "status",
                        "error",
                        "width",
                        "height",
                        "label",
                        "score",
                        "predictions",
                        "scores",
                        "embedding");
        assertThat(scores.orderBy("id").collectAsList())
                .extracting(
                        row -> row.get(0), row -> row.get(1), row -> row.get(2), row -> row.get(4), row -> row.get(6))
                .containsExactly(
                        tuple(1L, "fine", "ok", 48, "Bag"),
                        tuple(2L, null, "unsupported", null, null),
                        tuple(3L, "nothing there", "missing", null, null));
        assertThat(scores.filter("id = 1")
                        .selectExpr("size(predictions)")
                        .first()
                        .getInt(0))
                .isEqualTo(2);
        assertThat(scores.schema().apply("scores").metadata().getStringArray("labels"))
                .hasSize(10);
    }

    @Test
    void embeddingsAndAllScoresAreGivenWhereTheyAreAsked() throws Exception {
        ScoringSettings settings =
                ScoringSettings.builder().embedding(true).allScores(true).build();
        Dataset<Row> images = images(RowFactory.create(resource("rgb.png"), 1L, ""));

        Dataset<Row> all = new ImageClassifier(spark, TestModels.bundled(), settings).classify(images, "content");

        assertThat(all.selectExpr("size(embedding)", "size(scores)").first()).isEqualTo(RowFactory.create(384, 10));
        assertThat(classifier
                        .classify(images, "content")
                        .filter("status = 'ok' and embedding is null and scores is null")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aModelWithoutClassesGivesEmbeddingsAlone(@TempDir Path folder) throws Exception {
        ImportedNetwork network = KerasFile.readArchive(
                FineTunedNetwork.named("without_top").copyTo(folder), new InputSize(Optional.empty()));
        ModelBundle model = ModelBundle.of(network, Preprocessing.keras(Interpolation.NEAREST), List.of());
        ScoringSettings settings = ScoringSettings.builder().embedding(true).build();
        Dataset<Row> images = images(RowFactory.create(resource("rgb.png"), 1L, ""));

        Dataset<Row> scores = new ImageClassifier(spark, model, settings).classify(images, "content");

        assertThat(scores.selectExpr("status", "size(embedding)", "label", "predictions")
                        .first())
                .isEqualTo(RowFactory.create("ok", 32, null, null));
        assertThatThrownBy(() -> new ImageClassifier(
                        spark, model, ScoringSettings.builder().build()))
                .hasMessageStartingWith("the model has no classes and outputs only embeddings: use `embedding`");
    }

    @Test
    void whatCannotBeScoredIsRefusedAtOnce() {
        Dataset<Row> images = images();

        assertThatThrownBy(() -> classifier.classify(images, "bytes"))
                .hasMessageStartingWith("there is no column bytes among ");
        assertThatThrownBy(() -> classifier.classify(images, "note"))
                .hasMessage("the column note must be binary but is string");
        assertThatThrownBy(() -> classifier.classify(images.withColumnRenamed("note", "label"), "content"))
                .hasMessage("duplicate column label in the result: rename or drop it");
    }

    @Test
    void aProgramIsRunOnlyIfItIsTrusted() throws Exception {
        ModelBundle program = ModelBundle.of(
                new TorchScriptNetwork(32, 32, 3, TorchScriptNetwork.Outputs.LOGITS),
                bytes("/org/sparkxception/torchscript/scripted.pt"),
                Preprocessing.keras(Interpolation.NEAREST),
                Labels.of(List.of("cat", "dog", "bird")));
        ScoringSettings trusting = ScoringSettings.builder().trustCode(true).build();

        assertThatThrownBy(() -> new ImageClassifier(
                        spark, program, ScoringSettings.builder().build()))
                .hasMessage("the model's network is a TorchScript program, which runs with the permissions of the job:"
                        + " if you trust its authors, allow it with `trust-code`");
        assertThat(new ImageClassifier(spark, program, trusting)
                        .classify(images(RowFactory.create(resource("rgb.png"), 1L, "")), "content")
                        .filter("status = 'ok' and label in ('cat', 'dog', 'bird')")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aClosedClassifierHasReleasedItsModel() throws Exception {
        ImageClassifier closed = new ImageClassifier(
                spark, TestModels.bundled(), ScoringSettings.builder().build());
        Dataset<Row> scores = closed.classify(images(RowFactory.create(resource("rgb.png"), 1L, "")), "content");
        assertThat(scores.filter("status = 'ok'").count()).isEqualTo(1);

        closed.close();
        closed.close();

        assertThatThrownBy(scores::count).hasStackTraceContaining("Attempted to use Broadcast");
    }

    private Dataset<Row> images(Row... rows) {
        return spark.createDataFrame(List.of(rows), SCHEMA);
    }

    private static byte[] resource(String name) throws IOException {
        return bytes("/org/sparkxception/images/" + name);
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream stream = ImageClassifierTest.class.getResourceAsStream(resource)) {
            return stream.readAllBytes();
        }
    }
}
