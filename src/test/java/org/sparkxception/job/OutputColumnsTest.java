package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.model.Activation;

/** The columns that a job writes, as its settings ask for them. */
class OutputColumnsTest extends ClassifiedFolder {
    @Test
    void topKAllScoresAndActivationAreWrittenAsRequested() throws Exception {
        put("good.png", resource("rgb.png"));

        run(builder()
                .scoring(scoring()
                        .topK(3)
                        .allScores(true)
                        .activation(Activation.NONE)
                        .build())
                .build());

        Row row = rows().first();
        List<Row> predictions = row.getList(row.fieldIndex("predictions"));
        List<Float> scores = row.getList(row.fieldIndex("scores"));
        assertThat(predictions).hasSize(3);
        assertThat(scores).hasSize(10);
        assertThat(predictions.get(0).getFloat(2))
                .isEqualTo(scores.stream().max(Float::compare).orElseThrow());
        assertThat(predictions.get(0).getFloat(2))
                .isGreaterThanOrEqualTo(predictions.get(1).getFloat(2));
        assertThat(row.<String>getAs("label")).isEqualTo(predictions.get(0).getString(1));
        assertThat(row.<Float>getAs("score")).isEqualTo(predictions.get(0).getFloat(2));
        assertThat(rows().schema().apply("scores").metadata().getStringArray("labels"))
                .containsExactly(
                        "T-shirt",
                        "Trouser",
                        "Pullover",
                        "Dress",
                        "Coat",
                        "Sandal",
                        "Shirt",
                        "Sneaker",
                        "Bag",
                        "Ankle-boot");
        assertThat(rows().schema().apply("scores").metadata().getString("model"))
                .isEqualTo(TestModels.bundled().fingerprint());
    }

    @Test
    void aTopKAboveTheNumberOfClassesGivesAllClasses() throws Exception {
        put("good.png", resource("rgb.png"));

        run(builder()
                .scoring(scoring()
                        .topK(1000)
                        .allScores(true)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());

        Row row = rows().first();
        List<Row> predictions = row.getList(row.fieldIndex("predictions"));
        List<Float> scores = row.getList(row.fieldIndex("scores"));
        assertThat(predictions)
                .extracting(prediction -> prediction.getInt(0))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(predictions)
                .allSatisfy(prediction -> assertThat(prediction.getFloat(2))
                        .isEqualTo(scores.get(prediction.getInt(0)))
                        .isBetween(0f, 1f));
    }

    @Test
    void everyRowHasTheModelAndWhenItWasScored() throws Exception {
        put("good.png", resource("rgb.png"));
        put("bad.png", new byte[0]);
        Instant before = Instant.now();

        run(builder().modelName("fashion").build());

        assertThat(rows().selectExpr("model.name", "model.fingerprint").collectAsList())
                .hasSize(2)
                .allMatch(row -> row.equals(
                        RowFactory.create("fashion", TestModels.bundled().fingerprint())));
        assertThat(rows().select("scored_at").collectAsList())
                .allSatisfy(row -> assertThat(row.getTimestamp(0).toInstant()).isBetween(before, Instant.now()));
    }

    @Test
    void anEmbeddingIsWrittenOnRequest() throws Exception {
        put("good.png", resource("rgb.png"));
        put("empty.png", new byte[0]);

        run(builder().scoring(scoring().embedding(true).build()).build());

        assertThat(rows().orderBy("status")
                        .selectExpr("status", "size(embedding)")
                        .collectAsList())
                .extracting(row -> row.getString(0), row -> row.get(1))
                .containsExactly(tuple("corrupt", null), tuple("ok", 384));
        assertThat(rows().schema().apply("embedding").metadata().getString("model"))
                .isEqualTo(TestModels.bundled().fingerprint());
        assertRefused(
                settings(),
                ExitCode.OTHER_RUN,
                "other settings: embedding is true in the output and false in this run.");
    }

    @Test
    void noEmbeddingIsWrittenByDefault() throws Exception {
        put("good.png", resource("rgb.png"));

        run(settings());

        assertThat(rows().filter("status = 'ok' and embedding is null and scores is null")
                        .count())
                .isEqualTo(1);
    }
}
