package org.sparkxception.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Measures the utilization of Spark's task slots. */
final class SlotListener extends SparkListener {
    private final JavaSparkContext context;
    private long taskMillis;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis;

    SlotListener(JavaSparkContext context) {
        this.context = context;
    }

    /** Number of tasks that can run at once. */
    static int slots(JavaSparkContext context) {
        int cpus = context.getConf().getInt("spark.task.cpus", 1);
        return Math.max(1, context.defaultParallelism() / cpus);
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
        double available = (lastMillis - firstMillis) / 1e3 * slots(context);
        return available <= 0 ? 0 : Math.max(0, Math.min(1, (taskMillis / 1e3 - waitedSeconds) / available));
    }
}
