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

/** Counts and times of scoring, which add up over batches, partitions and executors. Immutable. */
public final class PipelineStatistics implements Serializable {
    private static final long serialVersionUID = 1;

    /** What is counted. Times are nanoseconds, summed over threads. */
    public enum Counter {
        /** Rows made, scored or not. */
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
        /** The task's own thread waiting for images to be ready. */
        WAIT_NANOS,
        MODEL_LOADS,
        MODEL_LOAD_NANOS,
        /** Models that run the portable program, since the fused one gave other results on that machine. */
        FALLBACKS,
        /** Batches that did not fit into the memory of the device, and were halved. */
        HALVINGS,
        PREDICTORS;

        private static final String TIME = "_NANOS";

        /** Where images of a status are counted. */
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

        /** The name in metrics and logs, of a time with the unit {@code seconds}: part of the interface. */
        public String label() {
            return name().replace(TIME, "_SECONDS").toLowerCase(Locale.ROOT);
        }
    }

    public static final PipelineStatistics NONE = of(Map.of());

    /** No EnumMap: Kryo cannot read an empty one. */
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

    /** The same, of a batch that was scored between these times (milliseconds since 1970). */
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

    /** When the first batch went into the network, by the clock of its executor. */
    public Optional<Instant> firstBatch() {
        return lastMillis > 0 ? Optional.of(Instant.ofEpochMilli(firstMillis)) : Optional.empty();
    }

    /** Seconds from the start of the first scored batch to the end of the last. */
    public double scoringSeconds() {
        return lastMillis > firstMillis ? (lastMillis - firstMillis) / 1e3 : 0;
    }

    /** Images a second from the first scored batch to the last; 0 where none was scored. */
    public double steadyRate() {
        return scoringSeconds() > 0 ? get(Counter.SCORED) / scoringSeconds() : 0;
    }

    /** What was counted, as Spark's UI shows it beside a stage. */
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
