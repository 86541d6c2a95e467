package org.sparkxception.inference;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Lets Spark share two GPUs that are only declared, in a cluster of its own processes, and prints how many tasks that run at the same time
 * chose which device, as if libtorch saw two: {@code {gpu(0)=4, gpu(1)=4}}.
 *
 * <p>Argument: how many tasks.
 */
public final class DeclaredGpus {
    private DeclaredGpus() {}

    public static void main(String[] arguments) {
        int tasks = Integer.parseInt(arguments[0]);
        Map<String, Integer> chosen = new TreeMap<>();
        try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName("declared GPUs"))) {
            context.parallelize(Collections.nCopies(tasks, 0), tasks)
                    .mapPartitions(new Choose())
                    .collect()
                    .forEach(device -> chosen.merge(device, 1, Integer::sum));
        }
        System.out.println(chosen);
    }

    private static final class Choose implements FlatMapFunction<Iterator<Integer>, String> {
        private static final long serialVersionUID = 1;

        @Override
        public Iterator<String> call(Iterator<Integer> number) throws InterruptedException {
            // Long enough for all of them to run at once.
            Thread.sleep(2000);
            return List.of(DeviceChoice.GPU
                            .device(TaskContext.get().resourcesJMap(), () -> 2)
                            .toString())
                    .iterator();
        }
    }
}
