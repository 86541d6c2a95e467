package org.sparkxception.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.inference.FetchPartition;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.inference.InMemoryPartition;
import org.sparkxception.inference.MixedPartition;
import org.sparkxception.inference.PartitionWork;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageSource;
import scala.Tuple2;

/** Sends images of a plan to tasks, wherever their bytes are: tasks read files by themselves, and receive records from the source. */
final class ImageTasks {
    private final JavaSparkContext context;
    private final ImageSource source;
    private final ScoringSettings settings;
    private final Broadcast<SerializableConfiguration> storage;

    ImageTasks(Run run) {
        this.context = run.context();
        this.source = run.source();
        this.settings = run.settings().scoring();
        this.storage = run.storage();
    }

    /**
     * Returns the output of the work on the images of a chunk, in balanced partitions.
     *
     * @param last whether no other chunk follows
     */
    <T> JavaRDD<T> balanced(List<ImageRef> images, PartitionWork<T> work, WorkSizes sizes, boolean last) {
        List<ImageRef> files =
                images.stream().filter(image -> image.record().isEmpty()).toList();
        int records = images.size() - files.size();
        List<JavaRDD<T>> output = new ArrayList<>();
        if (!files.isEmpty()) {
            List<ImagePartition> partitions = PartitionPacker.pack(files, sizes, last);
            output.add(context.parallelize(partitions, partitions.size())
                    .flatMap(new FetchPartition<>(work, storage, settings.maxBytes())));
        }
        if (records > 0) {
            int partitions = PartitionPacker.partitions(records, sizes);
            output.add(source.read(images)
                    .mapToPair(content -> new Tuple2<>(content.image().path(), content))
                    .partitionBy(new HashPartitioner(partitions))
                    .values()
                    .mapPartitions(new InMemoryPartition<>(work)));
        }
        return output.stream().reduce(JavaRDD::union).orElseThrow();
    }

    /** Returns the output of the work in a single task, which receives the images in this order. */
    <T> JavaRDD<T> single(List<ImageRef> images, PartitionWork<T> work) {
        boolean hasRecords = images.stream().anyMatch(image -> image.record().isPresent());
        JavaRDD<ImageContent> records =
                hasRecords ? inOrder(source.read(images), images) : context.parallelize(List.of(), 1);
        return records.zipPartitions(
                context.parallelize(List.of(new ImagePartition(images)), 1),
                new MixedPartition<>(work, storage, settings.maxBytes()));
    }

    private static JavaRDD<ImageContent> inOrder(JavaRDD<ImageContent> contents, List<ImageRef> images) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            places.put(images.get(i).path(), i);
        }
        return contents.mapToPair(
                        content -> new Tuple2<>(places.get(content.image().path()), content))
                .sortByKey(true, 1)
                .values();
    }
}
