package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.storage.ExclusiveFile;

/** Who gets a lock that is there already, whatever clocks say. */
@Timeout(30)
class RunLockTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final RunLock.Pace QUICK = new RunLock.Pace(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final String ELSEWHERE = """
            {"user": "ann", "host": "node7", "process": 4711, "since": "2026-11-24T03:00:00Z", "machine": "another",
             "startTicks": 4711, "token": "t"}""";

    @TempDir
    Path folder;

    @Test
    void theLockOfALivingProcessOfThisMachineHoldsWhenTheClockIsSet() throws Exception {
        lock(ofThisProcessBeforeTheClockWasSet(), 0);

        assertHeld("is locked by process " + ProcessHandle.current().pid() + " of ");
    }

    /** As it would stand there if the clock had been a second behind when it was written. */
    private static String ofThisProcessBeforeTheClockWasSet() {
        ObjectNode self = JSON.valueToTree(LockHolder.self());
        self.properties().stream()
                .filter(field -> field.getValue().asLong() > Instant.EPOCH.until(Instant.now(), ChronoUnit.MILLIS) / 2)
                .forEach(field ->
                        field.setValue(LongNode.valueOf(field.getValue().asLong() - 1000)));
        return self.toString();
    }

    @Test
    void theLockOfAProcessWhoseNumberAnotherHasByNowIsTakenOverAtOnce() throws Exception {
        LockHolder self = LockHolder.self();
        ObjectNode dead = JSON.valueToTree(self);
        dead.put("startTicks", self.startTicks() - 1);
        lock(dead.toString(), 0);

        assertTakenOver();
    }

    @Test
    void theLockOfAnotherVersionIsNeverTakenForThatOfADeadProcess() throws Exception {
        ObjectNode other = JSON.valueToTree(LockHolder.self());
        other.remove("startTicks");
        other.put("started", 1);
        lock(other.toString(), 0);

        assertHeld("is locked by process " + ProcessHandle.current().pid() + " of ");
    }

    @ParameterizedTest
    @ValueSource(strings = {ELSEWHERE, "", "null", "{}", "[1]", "garbage", "\u0000\u0000\u0001\u0000x"})
    void aLockOfWhichNothingIsKnownHoldsWhileItIsFresh(String content) throws Exception {
        lock(content, 0);

        if (content.equals(ELSEWHERE)) {
            assertHeld("is locked by process 4711 of ann on node7 since 2026-11-24T03:00:00Z, last heartbeat 0 s ago:"
                    + " try again when that run has ended");
        } else {
            assertHeld("is locked by another process since ");
            assertHeld(": try again when that run has ended; if no run is writing there, delete file:" + folder
                    + "/lock*");
        }
    }

    @Test
    void anOldLockIsTakenOverWhenItStaysAsItIs() throws Exception {
        for (String content : List.of(ELSEWHERE, ofThisProcessBeforeTheClockWasSet(), "garbage")) {
            lock(content, -3600);

            assertTakenOver();
        }
    }

    @Test
    void aLockFromTheFutureIsTakenOverWhenItStaysAsItIs() throws Exception {
        lock("garbage", 365 * 86_400);

        assertTakenOver();
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 365 * 86_400})
    void aLockThatIsRenewedHoldsAlthoughTheClockWasSet(long secondsFromNow) throws Exception {
        for (String content : List.of(ELSEWHERE, ofThisProcessBeforeTheClockWasSet())) {
            lock(content, secondsFromNow);
            ExclusiveFile theirs = file();
            ExclusiveFile.Version version = theirs.read().orElseThrow().version();
            ScheduledExecutorService holder = Executors.newSingleThreadScheduledExecutor();
            try {
                var renewed = holder.schedule(
                        () -> theirs.replace(version, content.getBytes(StandardCharsets.UTF_8)),
                        QUICK.beat().toMillis(),
                        TimeUnit.MILLISECONDS);

                assertHeld(QUICK, "is locked by process ");
                theirs.delete(renewed.get().orElseThrow());
            } finally {
                holder.shutdownNow();
            }
            clear();
        }
    }

    @Test
    void aLockThatCannotBeFollowedNamesTheFileToDelete() throws Exception {
        Files.writeString(folder.resolve("lock.999999999999999999"), "garbage");
        Files.setLastModifiedTime(folder.resolve("lock.999999999999999999"), FileTime.from(Instant.EPOCH));

        assertHeld(
                QUICK,
                "other processes are competing for the output scores: try again later; if no run is writing there,"
                        + " delete file:" + folder + "/lock*");
    }

    private void lock(String content, long secondsFromNow) throws IOException {
        Path lock = folder.resolve("lock");
        Files.write(lock, content.getBytes(Charset.forName("ISO-8859-1")));
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().plusSeconds(secondsFromNow)));
    }

    private ExclusiveFile file() throws IOException {
        return new ExclusiveFile(
                FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(folder + "/lock"));
    }

    private void assertHeld(String message) {
        assertHeld(RunLock.Pace.USUAL, message);
    }

    private void assertHeld(RunLock.Pace pace, String message) {
        assertThatThrownBy(() -> RunLock.take(file(), "scores", pace).close())
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED))
                .hasMessageContaining(message);
    }

    private void assertTakenOver() throws Exception {
        RunLock.take(file(), "scores", QUICK).close();

        assertThat(file().read()).isEmpty();
        clear();
    }

    private void clear() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
