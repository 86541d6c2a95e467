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

    /** What a counter counts. */
    private enum Kind {
        COUNT,
        /** Images that got no score, for one reason. */
        FAILED_IMAGES,
        /** Time, summed over threads; published in seconds. */
        NANOSECONDS
    }

    /** The counters. */
    public enum Counter {
        /** Rows produced, scored or failed. */
        ROWS(Kind.COUNT, "rows"),
        SCORED(Kind.COUNT, "scored"),
        FAILED_CORRUPT(Kind.FAILED_IMAGES, "failed_corrupt"),
        FAILED_UNSUPPORTED(Kind.FAILED_IMAGES, "failed_unsupported"),
        FAILED_TOO_LARGE(Kind.FAILED_IMAGES, "failed_too_large"),
        FAILED_UNREADABLE(Kind.FAILED_IMAGES, "failed_unreadable"),
        FAILED_MISSING(Kind.FAILED_IMAGES, "failed_missing"),
        FAILED_NON_FINITE(Kind.FAILED_IMAGES, "failed_non_finite"),
        BATCHES(Kind.COUNT, "batches"),
        BYTES(Kind.COUNT, "bytes"),
        FETCH_NANOS(Kind.NANOSECONDS, "fetch_seconds"),
        DECODE_NANOS(Kind.NANOSECONDS, "decode_seconds"),
        RESIZE_NANOS(Kind.NANOSECONDS, "resize_seconds"),
        PREDICT_NANOS(Kind.NANOSECONDS, "predict_seconds"),
        RANK_NANOS(Kind.NANOSECONDS, "rank_seconds"),
        /** Time that task threads waited for images to be ready. */
        WAIT_NANOS(Kind.NANOSECONDS, "wait_seconds"),
        MODEL_LOADS(Kind.COUNT, "model_loads"),
        MODEL_LOAD_NANOS(Kind.NANOSECONDS, "model_load_seconds"),
        /** Models that run the portable program because the fused one could not be used on that machine. */
        FALLBACKS(Kind.COUNT, "fallbacks"),
        /** Batches that were halved because they did not fit in the memory of the device. */
        HALVINGS(Kind.COUNT, "halvings"),
        PREDICTORS(Kind.COUNT, "predictors");

        private final Kind kind;
        private final String label;

        Counter(Kind kind, String label) {
            this.kind = kind;
            this.label = label;
        }

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
            return kind == Kind.NANOSECONDS;
        }

        /** Whether it counts images that got no score. */
        public boolean isFailure() {
            return kind == Kind.FAILED_IMAGES;
        }

        /** The name in metrics and logs, part of the public interface; times have the unit {@code seconds}. */
        public String label() {
            return label;
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
