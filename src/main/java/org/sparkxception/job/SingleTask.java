package org.sparkxception.job;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.inference.MixedPartition;
import org.sparkxception.inference.PartitionWork;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageSource;
import scala.Tuple2;

/** Sends a few images of a plan to one task, whether they are files or records of containers. */
final class SingleTask {
    private SingleTask() {}

    /**
     * Returns the output of the work, which receives the images in this order. Records are read from their containers before it starts,
     * files when it requests them.
     *
     * @param maxBytes maximum size of a file that is read
     */
    static <T> JavaRDD<T> of(
            JavaSparkContext context, ImageSource source, List<ImageRef> images, long maxBytes, PartitionWork<T> work) {
        List<ImageRef> records = images.stream().filter(ImageRef::isRecord).toList();
        JavaRDD<ImageContent> held =
                records.isEmpty() ? context.parallelize(List.of(), 1) : inOrder(source.read(records), records);
        return held.zipPartitions(
                context.parallelize(List.of(new ImagePartition(images)), 1),
                new MixedPartition<>(work, new SerializableConfiguration(context.hadoopConfiguration()), maxBytes));
    }

    private static JavaRDD<ImageContent> inOrder(JavaRDD<ImageContent> contents, List<ImageRef> records) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < records.size(); i++) {
            places.put(records.get(i).path(), i);
        }
        return contents.mapToPair(
                        content -> new Tuple2<>(places.get(content.image().path()), content))
                .sortByKey(true, 1)
                .values();
    }
}
