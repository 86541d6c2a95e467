package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;

/** Outputs that a run may not write to: those of other runs and other processes, and of no run at all. */
class OutputOwnershipTest extends ClassifiedFolder {
    @Test
    void anOutputOfOtherSettingsIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));
        run(settings());

        JobSettings other = builder().scoring(scoring().topK(3).build()).build();
        assertRefused(
                other,
                ExitCode.OTHER_RUN,
                "belongs to a run with other settings: top-k is 5 in the output and 3 in this run.");
    }

    @Test
    void anOutputOfOtherInputsIsRefused() throws Exception {
        put("a/good.png", resource("rgb.png"));
        put("b/good.png", resource("rgb.png"));
        run(settings(images + "/a"));

        assertRefused(
                settings(images + "/b"),
                ExitCode.OTHER_RUN,
                "input is file:" + images + "/a in the output and file:" + images + "/b in this run");
    }

    @Test
    void anOutputThatHoldsSomethingElseIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));
        Files.createDirectories(output());
        Files.writeString(output().resolve("thesis.txt"), "irreplaceable");

        assertRefused(settings(), ExitCode.OTHER_RUN, "has files not written by spark-xception");
    }

    @Test
    void anOutputUnderTheInputIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));

        assertRefused(
                builder().output(images + "/scores").build(),
                ExitCode.USAGE,
                "the output file:" + images + "/scores is inside the input file:" + images);
    }

    @Test
    void anOutputThatAnotherProcessHasLockedIsRefused() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.createDirectories(output().resolve("_run"));
        Files.writeString(output().resolve("_run/lock"), """
                {"user": "ann", "host": "node7", "process": 4711, "since": "2026-11-24T03:00:00Z",
                 "machine": "", "startTicks": 0, "token": "t"}""");

        assertRefused(
                settings(),
                ExitCode.LOCKED,
                "is locked by process 4711 of ann on node7 since 2026-11-24T03:00:00Z, last heartbeat ");
    }

    @Test
    void aRunWithoutALockNeitherReadsNorWritesTheFile() throws Exception {
        put("a.png", resource("rgb.png"));
        JobSettings settings = builder().lock(Lock.NONE).build();

        assertThat(run(settings).exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(output().resolve("_run/lock")).doesNotExist();

        Files.writeString(output().resolve("_run/lock"), "another's");
        put("b.png", resource("rgb.png"));

        assertThat(run(settings.toBuilder().mode(Mode.UPDATE).build()).exitCode())
                .isEqualTo(ExitCode.COMPLETE);
        assertThat(output().resolve("_run/lock")).hasContent("another's");
    }

    @Test
    void theLockOfAProcessThatDiedOnThisMachineIsTakenOverAtOnce() throws Exception {
        put("a.png", resource("rgb.png"));
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        LockHolder self = LockHolder.self();
        LockHolder dead = new LockHolder(
                self.user(), self.host(), process.pid(), self.since(), self.machine(), self.startTicks(), self.token());
        Files.createDirectories(output().resolve("_run"));
        Files.write(output().resolve("_run/lock"), new JsonMapper().writeValueAsBytes(dead));

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);
    }
}
