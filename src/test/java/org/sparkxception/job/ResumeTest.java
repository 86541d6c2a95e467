package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.TestRuns;

/** What a run does in an output that an earlier run with the same settings has written to. */
class ResumeTest extends ClassifiedFolder {
    @Test
    void aSecondRunFindsNothingLeftToDo() throws Exception {
        put("good.png", resource("rgb.png"));
        assertThat(run(settings()).nothingLeft()).isFalse();
        Map<Path, FileTime> before = times();

        Outcome second = run(settings());

        assertThat(second.nothingLeft()).isTrue();
        assertThat(second.exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(second.report().images().byStatus()).isEqualTo(Map.of("ok", 1L));
        assertThat(times()).isEqualTo(before);
    }

    @Test
    void aResumedRunKeepsCompleteChunksAndScoresTheOthers() throws Exception {
        for (int i = 0; i < 10; i++) {
            put(i + ".png", resource("rgb.png"));
        }
        JobSettings settings = builder().chunkImages(3).build();
        run(settings);
        assertThat(output().resolve("chunk=00003")).isDirectory();
        // As if the run had died within chunk 1, and before chunk 3.
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00001/_SUCCESS"));
        delete(output().resolve("chunk=00003"));
        Map<Path, FileTime> before = times();

        Outcome outcome = run(settings);

        assertThat(outcome.report().plan().chunks()).isEqualTo(4);
        assertThat(outcome.report().plan().chunksDoneBefore()).isEqualTo(2);
        assertThat(outcome.report().speed().scored()).isEqualTo(4);
        assertThat(rows().select("path").distinct().count()).isEqualTo(10);
        assertThat(rows().count()).isEqualTo(10);
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000") || file.toString().contains("chunk=00002")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
    }

    /** Without a java to start, no separate decoder process can be used. */
    @Test
    void anInterruptedChunkIsDecodedInTheExecutor() throws Exception {
        put("a.png", resource("rgb.png"));
        run(settings());
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00000/_SUCCESS"));

        withoutJava(() -> run(settings()));

        assertThat(rows().filter("status = 'ok'").count()).isEqualTo(1);
    }

    @Test
    void imagesInADecoderDuringACrashAreDecodedInASeparateProcess() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(settings());
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00000/_SUCCESS"));
        Path notes = Files.createDirectories(TestRuns.own(output()).resolve("decoding/00000"));
        Files.writeString(notes.resolve("0-left-0.json"), "[\"file:" + images + "/b.png\"]");

        withoutJava(
                () -> assertRefused(settings(), ExitCode.UNEXPECTED, "the isolated decoder process cannot be started"));
        assertThat(notes.resolve("0-left-0.json")).exists();
        run(settings());

        assertThat(rows().filter("status = 'ok'").count()).isEqualTo(2);
        assertThat(notes).doesNotExist();
    }

    private static void withoutJava(Executable action) throws Exception {
        String home = System.getProperty("java.home");
        System.setProperty("java.home", "/gone");
        try {
            action.run();
        } finally {
            System.setProperty("java.home", home);
        }
    }

    private interface Executable {
        void run() throws Exception;
    }

    @Test
    void aDeletedImageIsInTheReportWithoutAThumbnail() throws Exception {
        put("gone.png", resource("rgb.png"));
        put("kept.png", resource("rgb.png"));
        run(settings());
        // As if the run had died before its report.
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("_run/report.html"));
        Files.delete(images.resolve("gone.png"));

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);

        assertThat(page())
                .contains("<h1>2 of 2 images scored</h1>")
                .contains("title=\"file:" + images + "/gone.png\"")
                .containsOnlyOnce("<img ")
                .contains("alt=\"kept.png\"")
                .containsOnlyOnce("no thumbnail");
    }

    @Test
    void filesThatChangedOrVanishedAfterPlanningAreReported() throws Exception {
        put("kept.png", resource("rgb.png"));
        put("longer.png", resource("rgb.png"));
        put("later.png", resource("rgb.png"));
        put("gone.png", resource("rgb.png"));
        run(settings());
        // As if the run had died after its plan.
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00000"));
        FileTime time = Files.getLastModifiedTime(images.resolve("longer.png"));
        put("longer.png", Arrays.copyOf(resource("rgb.png"), 10_000));
        Files.setLastModifiedTime(images.resolve("longer.png"), time);
        Files.setLastModifiedTime(images.resolve("later.png"), FileTime.fromMillis(time.toMillis() + 60_000));
        Files.delete(images.resolve("gone.png"));

        run(settings());

        String changed = "the file has changed since the run was planned: use mode update to score the current version";
        assertThat(rows().select("path", "status", "error").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.get(1), row -> row.get(2))
                .containsExactlyInAnyOrder(
                        tuple("kept.png", "ok", null),
                        tuple("longer.png", "unreadable", changed),
                        tuple("later.png", "unreadable", changed),
                        tuple("gone.png", "missing", "the file existed when the run was planned but no longer exists"));
        assertThat(run(builder().mode(Mode.UPDATE).build()).report().speed().scored())
                .isEqualTo(2);
    }
}
