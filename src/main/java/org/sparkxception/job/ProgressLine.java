package org.sparkxception.job;

import java.util.Locale;
import java.util.Map;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;

/**
 * The progress of a run as a log line of {@code key=value} pairs for people and programs, with the names of the metrics. Failure counts
 * of 0 and values that are not yet known are omitted.
 */
final class ProgressLine {
    private ProgressLine() {}

    /**
     * Formats the line.
     *
     * @param done images of the complete run that have their row
     * @param sum statistics of this process
     */
    static String of(long done, long planned, PipelineStatistics sum, ScoringSettings settings) {
        StringBuilder line = new StringBuilder();
        line.append("progress images=").append(done).append(" planned=").append(planned);
        double rate = sum.steadyRate();
        if (rate > 0) {
            line.append(String.format(
                    Locale.ROOT, " images_per_second=%.1f seconds_left=%.0f", rate, (planned - done) / rate));
        }
        for (Counter counter : Counter.values()) {
            if (counter.isFailure() && sum.get(counter) > 0) {
                line.append(' ').append(counter.label()).append('=').append(sum.get(counter));
            }
        }
        if (rate > 0) {
            line.append(" slowest=").append(slowest(sum, settings));
        }
        return line.toString();
    }

    /** The stage whose threads were busy the longest. More threads or faster storage help with every stage except predict. */
    private static String slowest(PipelineStatistics sum, ScoringSettings settings) {
        Map<String, Double> busy = Map.of(
                "fetch",
                sum.seconds(Counter.FETCH_NANOS) / settings.fetchThreads(),
                "decode",
                (sum.seconds(Counter.DECODE_NANOS) + sum.seconds(Counter.RESIZE_NANOS)) / settings.decodeThreads(),
                "predict",
                sum.seconds(Counter.PREDICT_NANOS) + sum.seconds(Counter.RANK_NANOS));
        return busy.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }
}
