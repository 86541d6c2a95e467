package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.fetch.FileFetcher;

/**
 * Processes images in the order of their list: files are fetched, the bytes of records are part of the task's input.
 *
 * @param <T> the type of the results
 */
public final class MixedPartition<T> implements FlatMapFunction2<Iterator<ImageContent>, Iterator<ImagePartition>, T> {
    private static final long serialVersionUID = 1;

    private final PartitionWork<T> work;
    private final Broadcast<SerializableConfiguration> storage;
    private final long maxBytes;

    /**
     * Creates the function.
     *
     * @param work what to do with the images
     * @param storage Hadoop configuration to read the images with
     * @param maxBytes size limit of a file, in bytes
     */
    public MixedPartition(PartitionWork<T> work, Broadcast<SerializableConfiguration> storage, long maxBytes) {
        this.work = work;
        this.storage = storage;
        this.maxBytes = maxBytes;
    }

    /**
     * Processes one partition.
     *
     * @param held the contents of the partition's records, in their order in the partition
     * @param partition the partition, as the only element
     */
    @Override
    public Iterator<T> call(Iterator<ImageContent> held, Iterator<ImagePartition> partition) {
        FileFetcher fetcher = new FileFetcher(storage.value().value(), maxBytes);
        return work.process(partition.next().images().stream()
                .map(image -> image.record().isPresent()
                        ? InMemoryPartition.input(held.next())
                        : FetchPartition.input(image, fetcher))
                .iterator());
    }
}
