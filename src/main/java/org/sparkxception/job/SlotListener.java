package org.sparkxception.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** How much of the time Spark's slots, the places for tasks, had something to do. */
final class SlotListener extends SparkListener {
    private final JavaSparkContext context;
    private long taskMillis;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis;

    SlotListener(JavaSparkContext context) {
        this.context = context;
    }

    /** How many tasks can run at once. */
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
     * The share of the slots' time, from the first task to the end of the last, in which a task ran and did not wait.
     *
     * @param waitedSeconds summed over tasks
     */
    synchronized double busyFraction(double waitedSeconds) {
        double available = (lastMillis - firstMillis) / 1e3 * slots(context);
        return available <= 0 ? 0 : Math.max(0, Math.min(1, (taskMillis / 1e3 - waitedSeconds) / available));
    }
}
