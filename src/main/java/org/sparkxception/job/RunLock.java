package org.sparkxception.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * The exclusive right to write to an output, by a lock file that its owner creates and renews. If the owner has died on this machine,
 * the lock is taken over immediately. Otherwise it is taken over if, by the clock of the storage, it has not been renewed for a long
 * time, and then stays unchanged while it is watched, because that clock can be changed.
 */
final class RunLock implements OutputLock {
    /**
     * Heartbeat interval and timeout of a lock.
     *
     * @param beat time between two renewals
     * @param stale time without a renewal after which the owner is presumed dead
     */
    record Pace(Duration beat, Duration stale) {
        static final Pace USUAL = new Pace(Duration.ofSeconds(15), Duration.ofSeconds(120));

        boolean isFresh(Duration age) {
            return age.abs().compareTo(stale) < 0;
        }

        /**
         * How long a lock is watched before it is taken over: {@code stale} if its age is meaningless (its time is in the future)
         * or surprising (the owner is alive), otherwise two heartbeats.
         */
        Duration watch(Duration age, LockHolder.Life life) {
            return age.isNegative() || life == LockHolder.Life.ALIVE ? stale : beat.multipliedBy(2);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ATTEMPTS = 5;

    private final ExclusiveFile file;
    private final String output;
    private final LockHolder self;
    private final Pace pace;
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

    private RunLock(ExclusiveFile file, String output, LockHolder self, Pace pace, ExclusiveFile.Version version) {
        this.file = file;
        this.output = output;
        this.self = self;
        this.pace = pace;
        this.version = version;
        long beat = pace.beat().toMillis();
        this.beats = heart.scheduleAtFixedRate(this::beat, beat, beat, TimeUnit.MILLISECONDS);
    }

    /** @throws UserException (exit code 7) if another process has locked the output; the message says which and since when */
    static RunLock take(ExclusiveFile file, String output, Pace pace) throws IOException, InterruptedException {
        LockHolder self = LockHolder.self();
        byte[] content = JSON.writeValueAsBytes(self);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ExclusiveFile.Version> taken = file.tryCreate(content);
            if (taken.isEmpty()) {
                Optional<ExclusiveFile.Content> there = file.read();
                if (there.isPresent() && isLeft(file, output, there.get(), pace)) {
                    taken = file.replace(there.get().version(), content);
                }
            }
            if (taken.isPresent()) {
                return new RunLock(file, output, self, pace, taken.get());
            }
        }
        throw new UserException(
                ExitCode.LOCKED,
                "other processes are competing for the output " + output + ": try again later" + orDelete(file));
    }

    /**
     * Whether the owner has abandoned the lock; false if the lock was renewed while it was watched.
     *
     * @throws UserException (exit code 7) if the lock is in use
     */
    private static boolean isLeft(ExclusiveFile file, String output, ExclusiveFile.Content there, Pace pace)
            throws IOException, InterruptedException {
        Optional<LockHolder> holder = holder(there);
        LockHolder.Life life = holder.map(LockHolder::life).orElse(LockHolder.Life.UNKNOWN);
        Duration age = Duration.between(there.modified(), file.now());
        String who = holder.map(LockHolder::toString).orElse("an unknown process");
        if (life == LockHolder.Life.DEAD) {
            LOG.info("taking over the output from {}, which has died", who);
            return true;
        }
        if (pace.isFresh(age)) {
            throw new UserException(ExitCode.LOCKED, held(file, output, holder, there, age));
        }
        Duration watch = pace.watch(age, life);
        LOG.info(
                "the output is locked by {}, last heartbeat at {}: taking it over if there is none for {} s",
                who,
                there.modified().truncatedTo(ChronoUnit.SECONDS),
                watch.toSeconds());
        return staysAsItIs(file, there, watch, pace.beat());
    }

    private static boolean staysAsItIs(
            ExclusiveFile file, ExclusiveFile.Content there, Duration time, Duration betweenLooks)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < time.toNanos()) {
            Thread.sleep(betweenLooks.toMillis());
            if (!file.read().filter(there::isSameAs).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private static String held(
            ExclusiveFile file, String output, Optional<LockHolder> holder, ExclusiveFile.Content there, Duration age) {
        return "the output %s is locked by %s, last heartbeat %d s ago: try again when that run has ended"
                        .formatted(
                                output,
                                holder.map(who -> who + " since " + who.since())
                                        .orElse("another process since "
                                                + there.modified().truncatedTo(ChronoUnit.SECONDS)),
                                Math.max(0, age.toSeconds()))
                + (holder.isPresent() ? "" : orDelete(file));
    }

    private static String orDelete(ExclusiveFile file) {
        return "; if no run is writing there, delete " + file.path() + "*";
    }

    private static Optional<LockHolder> holder(ExclusiveFile.Content content) {
        try {
            return Optional.ofNullable(
                    JSON.readValue(new String(content.bytes(), StandardCharsets.UTF_8), LockHolder.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Renews the lock. If another process owns it by now, or it could not be renewed for too long, this process must stop. */
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
                    "another process took over the output " + output + " after this run sent no heartbeat for "
                            + secondsSinceRenewal() + " s: this run had to stop. Complete chunks are kept"));
        } catch (IOException | RuntimeException e) {
            long seconds = secondsSinceRenewal();
            String why = StorageFaults.explain(output, e);
            LOG.warn("the lock could not be renewed for {} s: {}", seconds, why);
            if (seconds > pace.stale().minus(pace.beat().multipliedBy(2)).toSeconds()) {
                lose(new UserException(
                        ExitCode.UNEXPECTED,
                        "the lock of the output could not be renewed for " + seconds
                                + " s: this run had to stop before another one could take over. " + why
                                + ". Complete chunks are kept: run the same command again to resume",
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

    @Override
    public void whenLost(Runnable action) {
        whenLost = action;
    }

    @Override
    public void check() {
        if (lost.isPresent()) {
            throw lost.get();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        beats.cancel(false);
        heart.shutdown();
        if (lost.isEmpty()) {
            file.delete(version);
        }
    }
}
