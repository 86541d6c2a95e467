package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.source.SourceSettings;

/** The whole job in local mode, with the bundled model: what it gives for the images of a folder. */
class ClassifyJobTest extends ClassifiedFolder {
    @Test
    void everyFileGivesOneRowWithItsStatus() throws Exception {
        put("good.png", resource("rgb.png"));
        put("good.jpg", resource("baseline.jpg"));
        put("truncated.jpg", Arrays.copyOf(resource("baseline.jpg"), 700));
        put("empty.png", new byte[0]);
        put("page.png", "<html>not found</html>".getBytes(StandardCharsets.UTF_8));
        put("bomb.png", bomb());

        Outcome outcome = run(settings());

        assertThat(rows().select("path", "status", "error", "width", "height").collectAsList())
                .extracting(
                        row -> name(row.getString(0)), row -> row.getString(1), row -> row.get(3), row -> row.get(4))
                .containsExactlyInAnyOrder(
                        tuple("good.png", "ok", 48, 32),
                        tuple("good.jpg", "ok", 48, 32),
                        tuple("truncated.jpg", "corrupt", 48, 32),
                        tuple("empty.png", "corrupt", null, null),
                        tuple("page.png", "unsupported", null, null),
                        tuple("bomb.png", "too_large", 60000, 60000));
        assertThat(rows().filter("status = 'ok' and error is null").count()).isEqualTo(2);
        assertThat(rows().filter("status <> 'ok' and error is not null and label is null")
                        .count())
                .isEqualTo(4);
        assertThat(outcome.report().images().byStatus())
                .isEqualTo(Map.of("ok", 2L, "corrupt", 2L, "unsupported", 1L, "too_large", 1L));
        assertThat(outcome.htmlPath()).contains("file:" + output() + "/_run/report.html");
        assertThat(page())
                .contains("<h1>2 of 6 images scored</h1>")
                .contains("file:" + images + "/truncated.jpg")
                .contains("Throughput as a table")
                .containsOnlyOnce("alt=\"good.png\"")
                .containsOnlyOnce("alt=\"good.jpg\"");
    }

    @Test
    void theShareOfFailuresDecidesTheExitCode() throws Exception {
        put("good.png", resource("rgb.png"));
        put("empty.png", new byte[0]);

        assertThat(run(builder().maxFailedFraction(1).build()).exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(run(builder().maxFailedFraction(0).build()).exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILURES);
        assertThat(rows().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void scoresDoNotDependOnTheBatch(int batchSize) throws Exception {
        for (String name : List.of("rgb.png", "grey.png", "lzw.tif", "lossless.webp", "alpha.png")) {
            put(name, resource(name));
        }

        run(builder().scoring(scoring().batchSize(batchSize).build()).build());

        List<Row> rows = rows().orderBy("path").collectAsList();
        // What scripts/training/xception.py gives for Pillow's pixels.
        Map<String, Double> expected = Map.of(
                "rgb.png",
                0.705367,
                "grey.png",
                0.725676,
                "lzw.tif",
                0.705367,
                "lossless.webp",
                0.705367,
                "alpha.png",
                0.705367);
        assertThat(rows).hasSize(5).allSatisfy(row -> {
            assertThat(row.<String>getAs("label")).isEqualTo("Bag");
            assertThat((double) row.<Float>getAs("score"))
                    .isCloseTo(expected.get(name(row.getAs("path"))), within(1e-3));
        });
    }

    @Test
    void theNameOfTheDirectoryCanBeTheTruth() throws Exception {
        Path samples = Path.of("sample-data/images/Trouser").toAbsolutePath();

        Outcome outcome = run(builder()
                .inputs(List.of(samples.toString()))
                .source(new SourceSettings.Files(List.of(), "parent-directory"))
                .build());

        assertThat(outcome.report().evaluation().images()).isEqualTo(24);
        assertThat(outcome.report().evaluation().met()).isGreaterThanOrEqualTo(22);
        assertThat(rows().filter("truth = 'Trouser'").count()).isEqualTo(24);
    }

    @Test
    void theModelIsLoadedOnceAndEachPartitionHasOnePredictor() throws Exception {
        for (int i = 0; i < 40; i++) {
            put(i + ".png", resource("rgb.png"));
        }
        // A model of its own, so that no other test has loaded it.
        Outcome outcome = new ClassifyJob(spark, settings(), TestModels.tiny(71)).run();

        assertThat(outcome.report().model().loads()).isEqualTo(1);
        assertThat(outcome.report().model().predictors()).isEqualTo(5);
        assertThat(outcome.report().model().fallbacks()).isZero();
        assertThat(outcome.report().speed().scored()).isEqualTo(40);
        assertThat(outcome.report().speed().steadyImagesPerSecond()).isPositive();
        assertThat(outcome.report().executors()).singleElement().satisfies(executor -> {
            assertThat(executor.name()).isEqualTo("driver");
            assertThat(executor.device()).isEqualTo("cpu");
            assertThat(executor.engine()).isEqualTo("libtorch 2.7.1");
            assertThat(executor.program()).isEqualTo("fp32");
        });
    }

    private static byte[] bomb() throws IOException {
        byte[] file = resource("rgb.png");
        ByteBuffer.wrap(file, 16, 8).putInt(60_000).putInt(60_000);
        return file;
    }
}
