package org.sparkxception.spark;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.TaskInfo;
import scala.Tuple4;
import scala.collection.Iterable;
import scala.collection.Iterator;

/** Accumulators in the events of Spark. The sequences of Scala that hold them have other types in Scala 2.12 than in 2.13. */
public final class Accumulables {
    private static final Method OF_TASK = method(TaskInfo.class, "accumulables");
    private static final Method OF_HEARTBEAT = method(SparkListenerExecutorMetricsUpdate.class, "accumUpdates");

    private Accumulables() {}

    /** Returns the accumulators of a task that has ended. */
    public static List<AccumulableInfo> of(TaskInfo task) {
        return elements(call(OF_TASK, task), AccumulableInfo.class);
    }

    /** Returns the accumulators of an executor's running tasks, by task ID. */
    public static Map<Long, List<AccumulableInfo>> of(SparkListenerExecutorMetricsUpdate heartbeat) {
        Map<Long, List<AccumulableInfo>> found = new HashMap<>();
        for (Tuple4<?, ?, ?, ?> task : elements(call(OF_HEARTBEAT, heartbeat), Tuple4.class)) {
            found.put((Long) task._1(), elements(task._4(), AccumulableInfo.class));
        }
        return found;
    }

    private static <T> List<T> elements(Object sequence, Class<T> type) {
        List<T> elements = new ArrayList<>();
        Iterator<?> iterator = ((Iterable<?>) sequence).iterator();
        while (iterator.hasNext()) {
            elements.add(type.cast(iterator.next()));
        }
        return elements;
    }

    private static Method method(Class<?> owner, String name) {
        try {
            return owner.getMethod(name);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("this version of Spark is not supported", e);
        }
    }

    private static Object call(Method method, Object target) {
        try {
            return method.invoke(target);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
