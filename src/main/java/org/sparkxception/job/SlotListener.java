package org.sparkxception.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkxception.spark.TaskSlots;

/** Measures the utilization of Spark's task slots. */
final class SlotListener extends SparkListener {
    private final JavaSparkContext context;
    private long taskMillis;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis;

    SlotListener(JavaSparkContext context) {
        this.context = context;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        taskMillis += end.taskInfo().duration();
        firstMillis = Math.min(firstMillis, end.taskInfo().launchTime());
        lastMillis = Math.max(lastMillis, end.taskInfo().finishTime());
    }

    /**
     * The share of slot time, from the start of the first task to the end of the last, in which a task ran and did not wait: 0 to 1.
     *
     * @param waitedSeconds waiting time, summed over tasks
     */
    synchronized double busyFraction(double waitedSeconds) {
        double available = (lastMillis - firstMillis) / 1e3 * TaskSlots.present(context.sc());
        return available <= 0 ? 0 : Math.max(0, Math.min(1, (taskMillis / 1e3 - waitedSeconds) / available));
    }
}
