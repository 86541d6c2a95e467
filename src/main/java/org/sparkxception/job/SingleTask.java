package org.sparkxception.job;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.inference.FetchPartition;
import org.sparkxception.inference.HeldPartition;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.inference.PartitionWork;
import org.sparkxception.source.ImageRef;
import org.sparkxception.source.ImageSource;

/** Sends a few images of a plan to one task, wherever their bytes lie. */
final class SingleTask {
    private SingleTask() {}

    /**
     * What comes out of the work. Records are read from their containers first; beside them files are a task of their own.
     *
     * @param maxBytes the largest file that is read
     */
    static <T> JavaRDD<T> of(
            JavaSparkContext context, ImageSource source, List<ImageRef> images, long maxBytes, PartitionWork<T> work) {
        Map<Boolean, List<ImageRef>> byKind = images.stream().collect(Collectors.partitioningBy(ImageRef::isRecord));
        if (byKind.get(true).isEmpty()) {
            return fetched(context, images, maxBytes, work);
        }
        JavaRDD<T> held = source.read(byKind.get(true)).coalesce(1).mapPartitions(new HeldPartition<>(work));
        return byKind.get(false).isEmpty() ? held : held.union(fetched(context, byKind.get(false), maxBytes, work));
    }

    private static <T> JavaRDD<T> fetched(
            JavaSparkContext context, List<ImageRef> images, long maxBytes, PartitionWork<T> work) {
        SerializableConfiguration storage = new SerializableConfiguration(context.hadoopConfiguration());
        return context.parallelize(List.of(new ImagePartition(images)), 1)
                .flatMap(new FetchPartition<>(work, storage, maxBytes));
    }
}
