package org.sparkxception.metrics;

import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkxception.image.ImageStatus;

/** Counts and times of scoring, summed over batches, partitions and executors. Immutable. */
public final class PipelineStatistics implements Serializable {
    private static final long serialVersionUID = 1;

    /** The counters. Times are in nanoseconds, summed over threads. */
    public enum Counter {
        /** Rows produced, scored or failed. */
        ROWS,
        SCORED,
        FAILED_CORRUPT,
        FAILED_UNSUPPORTED,
        FAILED_TOO_LARGE,
        FAILED_UNREADABLE,
        FAILED_MISSING,
        FAILED_NON_FINITE,
        BATCHES,
        BYTES,
        FETCH_NANOS,
        DECODE_NANOS,
        RESIZE_NANOS,
        PREDICT_NANOS,
        RANK_NANOS,
        /** Time that task threads waited for images to be ready. */
        WAIT_NANOS,
        MODEL_LOADS,
        MODEL_LOAD_NANOS,
        /** Models that run the portable program because the fused one could not be used on that machine. */
        FALLBACKS,
        /** Batches that were halved because they did not fit in the memory of the device. */
        HALVINGS,
        PREDICTORS;

        private static final String TIME = "_NANOS";

        /** The counter for images of a status. */
        public static Counter of(ImageStatus status) {
            return switch (status) {
                case OK -> SCORED;
                case CORRUPT -> FAILED_CORRUPT;
                case UNSUPPORTED -> FAILED_UNSUPPORTED;
                case TOO_LARGE -> FAILED_TOO_LARGE;
                case UNREADABLE -> FAILED_UNREADABLE;
                case MISSING -> FAILED_MISSING;
                case NON_FINITE -> FAILED_NON_FINITE;
            };
        }

        /** Whether it is a time, in nanoseconds. */
        public boolean isTime() {
            return name().endsWith(TIME);
        }

        /** The name in metrics and logs, part of the public interface; times have the unit {@code seconds}. */
        public String label() {
            return name().replace(TIME, "_SECONDS").toLowerCase(Locale.ROOT);
        }
    }

    public static final PipelineStatistics NONE = of(Map.of());

    /** Not an EnumMap: Kryo cannot read an empty one. */
    private final HashMap<Counter, Long> counts;

    private final long firstMillis;
    private final long lastMillis;

    private PipelineStatistics(Map<Counter, Long> counts, long firstMillis, long lastMillis) {
        this.counts = new HashMap<>(counts);
        this.firstMillis = firstMillis;
        this.lastMillis = lastMillis;
    }

    public static PipelineStatistics of(Map<Counter, Long> values) {
        return new PipelineStatistics(values, Long.MAX_VALUE, 0);
    }

    public static PipelineStatistics of(Counter counter, long value) {
        return of(Map.of(counter, value));
    }

    /** The same statistics, for a batch that was scored between these times, in milliseconds since the epoch. */
    public PipelineStatistics between(long startMillis, long endMillis) {
        return new PipelineStatistics(counts, startMillis, endMillis);
    }

    public PipelineStatistics plus(PipelineStatistics other) {
        Map<Counter, Long> sums = new HashMap<>(counts);
        other.counts.forEach((counter, value) -> sums.merge(counter, value, Long::sum));
        return new PipelineStatistics(
                sums, Math.min(firstMillis, other.firstMillis), Math.max(lastMillis, other.lastMillis));
    }

    boolean isNone() {
        return counts.isEmpty();
    }

    public long get(Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }

    public double seconds(Counter counter) {
        return get(counter) / 1e9;
    }

    /** Start time of the first scored batch, by the clock of its executor. */
    public Optional<Instant> firstBatch() {
        return lastMillis > 0 ? Optional.of(Instant.ofEpochMilli(firstMillis)) : Optional.empty();
    }

    /** Seconds from the start of the first scored batch to the end of the last. */
    public double scoringSeconds() {
        return lastMillis > firstMillis ? (lastMillis - firstMillis) / 1e3 : 0;
    }

    /** Images per second from the first scored batch to the last; 0 if none was scored. */
    public double steadyRate() {
        return scoringSeconds() > 0 ? get(Counter.SCORED) / scoringSeconds() : 0;
    }

    /** The nonzero counters, as Spark's UI shows them for a stage. */
    @Override
    public String toString() {
        return Arrays.stream(Counter.values())
                .filter(counter -> get(counter) > 0)
                .map(counter -> counter.label() + "="
                        + (counter.isTime()
                                ? String.format(Locale.ROOT, "%.1f", seconds(counter))
                                : String.valueOf(get(counter))))
                .collect(Collectors.joining(" "));
    }
}
