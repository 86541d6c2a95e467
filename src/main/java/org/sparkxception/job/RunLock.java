package org.sparkxception.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.storage.ExclusiveFile;
import org.sparkxception.storage.StorageFaults;

/**
 * The right to write to an output: a file that one process created, and renews every {@value #SECONDS_BETWEEN_BEATS} seconds. One
 * that was not renewed for {@value #SECONDS_TO_STALE} seconds, by the clock of the storage, or whose process has died on this
 * machine, is taken over.
 */
final class RunLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
    private static final JsonMapper JSON = new JsonMapper();

    private static final int SECONDS_BETWEEN_BEATS = 15;
    private static final int SECONDS_TO_STALE = 120;
    private static final int ATTEMPTS = 5;

    private final ExclusiveFile file;
    private final String output;
    private final LockHolder self;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "spark-xception-lock");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledFuture<?> beats;
    private ExclusiveFile.Version version;
    private long renewedNanos = System.nanoTime();
    private volatile Optional<UserException> lost = Optional.empty();
    private volatile Runnable whenLost = () -> {};

    private RunLock(ExclusiveFile file, String output, LockHolder self, ExclusiveFile.Version version) {
        this.file = file;
        this.output = output;
        this.self = self;
        this.version = version;
        this.beats =
                heart.scheduleAtFixedRate(this::beat, SECONDS_BETWEEN_BEATS, SECONDS_BETWEEN_BEATS, TimeUnit.SECONDS);
    }

    /** @throws UserException (exit code 7) if another process holds the output, with who and since when */
    static RunLock take(ExclusiveFile file, String output) throws IOException {
        LockHolder self = LockHolder.self();
        byte[] content = JSON.writeValueAsBytes(self);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ExclusiveFile.Version> created = file.tryCreate(content);
            if (created.isPresent()) {
                return new RunLock(file, output, self, created.get());
            }
            Optional<ExclusiveFile.Content> there = file.read();
            if (there.isEmpty()) {
                continue;
            }
            Optional<LockHolder> holder = holder(there.get());
            Duration age = Duration.between(there.get().modified(), file.now());
            boolean dead = holder.isPresent() && holder.get().isDeadHere();
            if (!dead && age.toSeconds() < SECONDS_TO_STALE) {
                throw new UserException(ExitCode.LOCKED, held(output, holder, there.get(), age));
            }
            Optional<ExclusiveFile.Version> taken = file.replace(there.get().version(), content);
            if (taken.isPresent()) {
                LOG.info(
                        "took over the output from {}: {}",
                        holder.map(LockHolder::toString).orElse("an unknown process"),
                        dead ? "it has died" : "it gave no sign of life for " + age.toSeconds() + " s");
                return new RunLock(file, output, self, taken.get());
            }
        }
        throw new UserException(
                ExitCode.LOCKED, "the output " + output + " is contended by other processes: try again later");
    }

    private static String held(String output, Optional<LockHolder> holder, ExclusiveFile.Content there, Duration age) {
        return "the output %s is held by %s, which last gave a sign of life %d s ago: try again when it has ended"
                .formatted(
                        output,
                        holder.map(who -> who + " since " + who.since())
                                .orElse("another process since "
                                        + there.modified().truncatedTo(ChronoUnit.SECONDS)),
                        Math.max(0, age.toSeconds()));
    }

    private static Optional<LockHolder> holder(ExclusiveFile.Content content) throws IOException {
        try {
            return Optional.of(JSON.readValue(content.bytes(), LockHolder.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Renews the file; where it is another's by now, or could not be renewed for long, this process has to stop. */
    private synchronized void beat() {
        try {
            Optional<ExclusiveFile.Version> renewed = file.replace(version, JSON.writeValueAsBytes(self));
            if (renewed.isPresent()) {
                version = renewed.get();
                renewedNanos = System.nanoTime();
                return;
            }
            lose(new UserException(
                    ExitCode.LOCKED,
                    "another process took the output " + output + " over while this one gave no sign of life for "
                            + secondsSinceRenewal() + " s: this run had to stop. What is done is kept"));
        } catch (IOException | RuntimeException e) {
            long seconds = secondsSinceRenewal();
            String why = StorageFaults.explain(output, e);
            LOG.warn("the lock could not be renewed for {} s: {}", seconds, why);
            if (seconds > SECONDS_TO_STALE - 2 * SECONDS_BETWEEN_BEATS) {
                lose(new UserException(
                        ExitCode.UNEXPECTED,
                        "the lock of the output could not be renewed for " + seconds
                                + " s, so that this run had to stop before another takes over. " + why
                                + ". What is done is kept: run the same command again to finish",
                        e));
            }
        }
    }

    private long secondsSinceRenewal() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - renewedNanos);
    }

    private void lose(UserException why) {
        lost = Optional.of(why);
        beats.cancel(false);
        whenLost.run();
    }

    /** What to do, once, when the lock is lost: to end what writes. */
    void whenLost(Runnable action) {
        whenLost = action;
    }

    /** @throws UserException (exit code 7, or 1 where the storage is away) if the lock was lost */
    void check() {
        if (lost.isPresent()) {
            throw lost.get();
        }
    }

    /** Gives the output free. */
    @Override
    public synchronized void close() throws IOException {
        beats.cancel(false);
        heart.shutdown();
        if (lost.isEmpty()) {
            file.delete(version);
        }
    }
}
