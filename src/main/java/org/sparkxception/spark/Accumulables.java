package org.sparkxception.spark;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.TaskInfo;
import scala.Tuple4;

/** Accumulators in the events of Spark. */
public final class Accumulables {
    private static final Method OF_TASK = Reflected.method(TaskInfo.class, "accumulables");
    private static final Method OF_HEARTBEAT =
            Reflected.method(SparkListenerExecutorMetricsUpdate.class, "accumUpdates");

    private Accumulables() {}

    /** Returns the accumulators of a task that has ended. */
    public static List<AccumulableInfo> of(TaskInfo task) {
        return Reflected.call(AccumulableInfo.class, OF_TASK, task);
    }

    /** Returns the accumulators of an executor's running tasks, by task ID. */
    public static Map<Long, List<AccumulableInfo>> of(SparkListenerExecutorMetricsUpdate heartbeat) {
        Map<Long, List<AccumulableInfo>> found = new HashMap<>();
        for (Tuple4<?, ?, ?, ?> task : Reflected.call(Tuple4.class, OF_HEARTBEAT, heartbeat)) {
            found.put((Long) task._1(), Reflected.elements(task._4(), AccumulableInfo.class));
        }
        return found;
    }
}
