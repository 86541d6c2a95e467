package org.sparkxception.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkxception.spark.Accumulables;
import scala.Option;

/**
 * Statistics of tasks up to now: of finished tasks from Spark's accumulators, of running tasks from the heartbeats of their executors.
 * The counts of a failed task are subtracted when it fails.
 */
public final class LiveStatistics extends SparkListener {
    private final LongPredicate accumulators;
    private final Consumer<PipelineStatistics> watcher;

    /** Sums over finished tasks, by accumulator ID. */
    private final Map<Long, PipelineStatistics> ended = new HashMap<>();

    /** Statistics of running tasks, by task ID. */
    private final Map<Long, PipelineStatistics> running = new HashMap<>();

    private LiveStatistics(LongPredicate accumulators, Consumer<PipelineStatistics> watcher) {
        this.accumulators = accumulators;
        this.watcher = watcher;
    }

    /** Statistics of everything that an application scores from now on. */
    static LiveStatistics ofApplication() {
        return new LiveStatistics(any -> true, sum -> {});
    }

    /**
     * Statistics of one accumulator.
     *
     * @param watcher receives the sum whenever it may have changed, on Spark's listener thread
     */
    public static LiveStatistics of(StatisticsAccumulator accumulator, Consumer<PipelineStatistics> watcher) {
        LiveStatistics live = new LiveStatistics(id -> id == accumulator.id(), watcher);
        live.ended.put(accumulator.id(), accumulator.value());
        return live;
    }

    /** What a task that has ended added to an accumulator; empty if nothing. */
    public static Optional<PipelineStatistics> added(SparkListenerTaskEnd end, StatisticsAccumulator accumulator) {
        return Accumulables.of(end.taskInfo()).stream()
                .filter(info -> info.id() == accumulator.id())
                .flatMap(info -> statistics(info.update()).stream())
                .findFirst();
    }

    private static Optional<PipelineStatistics> statistics(Option<Object> accumulated) {
        return accumulated.isDefined() && accumulated.get() instanceof PipelineStatistics value
                ? Optional.of(value)
                : Optional.empty();
    }

    /** The sum over finished and running tasks. */
    public synchronized PipelineStatistics value() {
        PipelineStatistics sum = PipelineStatistics.NONE;
        for (PipelineStatistics statistics : ended.values()) {
            sum = sum.plus(statistics);
        }
        for (PipelineStatistics statistics : running.values()) {
            sum = sum.plus(statistics);
        }
        return sum;
    }

    @Override
    public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        Accumulables.of(update)
                .forEach((task, infos) -> infos.forEach(info -> put(running, task, info, info.update())));
        watcher.accept(value());
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
        for (AccumulableInfo info : Accumulables.of(end.taskInfo())) {
            put(ended, info.id(), info, info.value());
        }
        watcher.accept(value());
    }

    private void put(
            Map<Long, PipelineStatistics> statistics, long key, AccumulableInfo info, Option<Object> accumulated) {
        if (info.name().contains(StatisticsAccumulator.NAME) && accumulators.test(info.id())) {
            statistics(accumulated).ifPresent(value -> statistics.put(key, value));
        }
    }
}
