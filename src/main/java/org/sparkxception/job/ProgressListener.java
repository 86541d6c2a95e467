package org.sparkxception.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkxception.inference.PipelineStatistics;
import org.sparkxception.inference.PipelineStatistics.Counter;
import org.sparkxception.inference.StatisticsAccumulator;
import org.sparkxception.report.ProgressDisplay;
import org.sparkxception.report.Throughput;
import scala.jdk.javaapi.CollectionConverters;

/** Follows a run: tasks that ended through the accumulator, tasks that run through their executors' heartbeats. */
final class ProgressListener extends SparkListener {
    private final StatisticsAccumulator ended;
    private final ProgressDisplay display;
    private final long doneBefore;
    private final Throughput throughput;
    private final Map<Long, PipelineStatistics> running = new ConcurrentHashMap<>();

    ProgressListener(StatisticsAccumulator ended, ProgressDisplay display, long doneBefore, Throughput throughput) {
        this.ended = ended;
        this.display = display;
        this.doneBefore = doneBefore;
        this.throughput = throughput;
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        for (var task : CollectionConverters.asJava(update.accumUpdates())) {
            for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                if (info.id() == ended.id() && info.update().isDefined()) {
                    running.put(
                            (Long) task._1(), (PipelineStatistics) info.update().get());
                }
            }
        }
        show();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
        show();
    }

    private void show() {
        PipelineStatistics sum = ended.value();
        for (PipelineStatistics task : running.values()) {
            sum = sum.plus(task);
        }
        throughput.add(sum.get(Counter.ROWS));
        display.update(doneBefore + sum.get(Counter.ROWS), sum.steadyRate());
    }
}
