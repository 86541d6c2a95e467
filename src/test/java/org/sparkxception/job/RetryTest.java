package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs with {@link Mode#RETRY_FAILED}. */
class RetryTest extends ClassifiedFolder {
    @Test
    void aRetryReplacesTheRowsOfWhatFailed() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        put("c.png", new byte[0]);
        put("d.png", resource("rgb.png"));
        JobSettings settings = builder().chunkImages(2).build();
        run(settings);
        Map<Path, FileTime> before = times();
        put("c.png", resource("grey.png"));

        Outcome retry = run(builder().chunkImages(2).mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(1);
        assertThat(retry.report().images().byStatus()).isEqualTo(Map.of("ok", 4L));
        assertThat(rows().select("path", "chunk").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getInt(1))
                .containsExactlyInAnyOrder(tuple("a.png", 0), tuple("b.png", 0), tuple("c.png", 2), tuple("d.png", 2));
        assertThat(output().resolve("chunk=00001")).doesNotExist();
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
        assertThat(run(builder().mode(Mode.RETRY_FAILED).build()).nothingLeft()).isTrue();
        // The labels stand in the files that a retry writes too.
        assertThat(spark.read()
                        .parquet(output().resolve("chunk=00002").toString())
                        .schema()
                        .apply("scores")
                        .metadata()
                        .getStringArray("labels"))
                .startsWith("T-shirt", "Trouser");
    }

    @Test
    void aRetrySkipsFailuresThatAnUpdateHasScoredSince() throws Exception {
        put("a.png", new byte[0]);
        put("b.png", new byte[0]);
        run(settings());
        put("a.png", resource("rgb.png"));
        run(builder().mode(Mode.UPDATE).build());
        put("b.png", resource("grey.png"));

        Outcome retry = run(builder().mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(1);
        assertThat(rows().select("path", "size", "status").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getLong(1) > 0, row -> row.getString(2))
                .containsExactlyInAnyOrder(
                        tuple("a.png", false, "corrupt"), tuple("a.png", true, "ok"), tuple("b.png", true, "ok"));
    }

    @Test
    void aRetryFirstFinishesAnInterruptedRun() throws Exception {
        put("a.png", new byte[0]);
        put("b.png", resource("rgb.png"));
        run(builder().chunkImages(1).build());
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00001"));
        put("a.png", resource("grey.png"));

        Outcome retry = run(builder().chunkImages(1).mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(2);
        assertThat(retry.report().images().byStatus()).isEqualTo(Map.of("ok", 2L));
    }

    @Test
    void aRetryThatDiedBeforeItDeletedWhatItReplacedIsFinished() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", new byte[0]);
        run(settings());
        Path kept = folder.resolve("kept");
        copy(output().resolve("chunk=00000"), kept);
        put("b.png", resource("rgb.png"));
        run(builder().mode(Mode.RETRY_FAILED).build());
        copy(kept, output().resolve("chunk=00000"));
        Files.delete(output().resolve("_SUCCESS"));

        run(settings());

        assertThat(rows().count()).isEqualTo(2);
        assertThat(rows().filter("status = 'ok' and chunk = 1").count()).isEqualTo(2);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
