package org.sparkxception.spark;

import java.lang.reflect.Method;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.status.AppStatusStore;
import org.apache.spark.status.api.v1.ExecutorSummary;

/** The slots of a cluster: how many tasks can run at once on the executors that are present now. */
public final class TaskSlots {
    private static final Method EXECUTORS = Reflected.method(AppStatusStore.class, "executorList", boolean.class);

    private TaskSlots() {}

    /** Returns the number of slots, at least 1. Executors join and leave, so the number changes. */
    public static int present(SparkContext context) {
        int byGpus = perExecutorByGpus(context.getConf()).orElse(Integer.MAX_VALUE);
        int slots = Reflected.call(ExecutorSummary.class, EXECUTORS, context.statusStore(), true).stream()
                .mapToInt(executor -> Math.min(executor.maxTasks(), byGpus))
                .sum();
        return Math.max(1, slots);
    }

    /** How many tasks share the GPUs of an executor; empty if executors have none. */
    public static OptionalInt perExecutorByGpus(SparkConf conf) {
        double gpus = conf.getDouble("spark.executor.resource.gpu.amount", 0);
        double perTask = conf.getDouble("spark.task.resource.gpu.amount", gpus);
        return gpus > 0 ? OptionalInt.of(Math.max(1, (int) (gpus / perTask))) : OptionalInt.empty();
    }
}
