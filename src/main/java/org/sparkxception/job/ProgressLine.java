package org.sparkxception.job;

import java.util.Locale;
import java.util.Map;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;

/**
 * How far a run is, as a line of a log that people and programs can read: {@code key=value}, with the names of the metrics. What failed stands in it
 * only if something did, and what is not known yet is left out.
 */
final class ProgressLine {
    private ProgressLine() {}

    /**
     * The line.
     *
     * @param done images of the whole run that have their row
     * @param sum what this process has counted
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
            if (counter.label().startsWith("failed_") && sum.get(counter) > 0) {
                line.append(' ').append(counter.label()).append('=').append(sum.get(counter));
            }
        }
        if (rate > 0) {
            line.append(" slowest=").append(slowest(sum, settings));
        }
        return line.toString();
    }

    /** The stage whose threads were busy the longest: more threads or a faster storage help with any but predict. */
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
