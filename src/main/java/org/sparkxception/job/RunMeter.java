package org.sparkxception.job;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.LiveStatistics;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.report.ProgressDisplay;
import org.sparkxception.report.RunDetails.Rate;
import org.sparkxception.report.RunReport;
import org.sparkxception.report.Throughput;

/** Counts what this process scores and how long it takes, for the progress display and the report. */
final class RunMeter {
    private final JavaSparkContext context;
    private final ScoringSettings settings;
    private final StatisticsAccumulator statistics;
    private final SlotListener slots;
    private final Throughput throughput = new Throughput();
    private final Instant startedAt = Instant.now();
    private final long startNanos = System.nanoTime();
    private int chunks;

    /** Work that scores images, adds to {@link #statistics}, and returns the number of chunks. */
    interface Scoring {
        int run() throws IOException, InterruptedException;
    }

    RunMeter(JavaSparkContext context, ScoringSettings settings) {
        this.context = context;
        this.settings = settings;
        this.statistics = StatisticsAccumulator.registered(context.sc());
        this.slots = new SlotListener(context);
    }

    StatisticsAccumulator statistics() {
        return statistics;
    }

    /** Number of chunks that this process has scored. */
    int chunks() {
        return chunks;
    }

    Instant startedAt() {
        return startedAt;
    }

    List<Rate> rates() {
        return throughput.rates();
    }

    /**
     * Runs the scoring, and shows its progress.
     *
     * @param plan of the complete run
     * @param remaining the chunks of the plan that are scored
     */
    void watch(Plan plan, List<Chunk> remaining, Scoring scoring) throws IOException, InterruptedException {
        long planned = plan.images();
        long toScore = remaining.stream().mapToLong(Chunk::images).sum();
        long countedBefore = statistics.value().get(Counter.ROWS);
        long doneBefore = planned - toScore - countedBefore;
        try (ProgressDisplay display = ProgressDisplay.onStandardError(planned, planned - toScore)) {
            LiveStatistics listener = LiveStatistics.of(statistics, sum -> {
                long done = doneBefore + sum.get(Counter.ROWS);
                throughput.add(sum.get(Counter.ROWS));
                display.update(done, () -> ProgressLine.of(done, planned, sum, settings));
            });
            throughput.add(countedBefore);
            context.sc().addSparkListener(listener);
            context.sc().addSparkListener(slots);
            try {
                chunks += scoring.run();
            } finally {
                context.sc().removeSparkListener(listener);
                context.sc().removeSparkListener(slots);
            }
        }
    }

    RunReport.Speed speed() {
        PipelineStatistics all = statistics.value();
        return new RunReport.Speed(
                all.get(Counter.SCORED),
                throughput.steadyRate().orElse(all.steadyRate()),
                all.firstBatch().map(RunMeter::sinceStart).orElse(0.0),
                (System.nanoTime() - startNanos) / 1e9,
                all.get(Counter.BATCHES),
                all.get(Counter.BYTES),
                slots.busyFraction(all.seconds(Counter.WAIT_NANOS)));
    }

    RunReport.Model model(String name, String fingerprint) {
        PipelineStatistics all = statistics.value();
        return new RunReport.Model(
                name,
                fingerprint,
                all.get(Counter.MODEL_LOADS),
                all.get(Counter.PREDICTORS),
                all.get(Counter.FALLBACKS),
                all.get(Counter.HALVINGS));
    }

    /** Seconds per stage of the pipeline, summed over all threads. */
    Map<String, Double> stages() {
        PipelineStatistics all = statistics.value();
        Map<String, Double> stages = new LinkedHashMap<>();
        stages.put("fetch", all.seconds(Counter.FETCH_NANOS));
        stages.put("decode", all.seconds(Counter.DECODE_NANOS));
        stages.put("resize", all.seconds(Counter.RESIZE_NANOS));
        stages.put("predict", all.seconds(Counter.PREDICT_NANOS));
        stages.put("rank", all.seconds(Counter.RANK_NANOS));
        stages.put("wait for images", all.seconds(Counter.WAIT_NANOS));
        stages.put("load model", all.seconds(Counter.MODEL_LOAD_NANOS));
        return stages;
    }

    private static double sinceStart(Instant time) {
        return (time.toEpochMilli() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3;
    }
}
