package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.fetch.FileFetcher;

/**
 * Works on images in the order of their list, some of which are fetched, and some of which come to the task with their bytes.
 *
 * @param <T> what comes out
 */
public final class MixedPartition<T> implements FlatMapFunction2<Iterator<ImageContent>, Iterator<ImagePartition>, T> {
    private static final long serialVersionUID = 1;

    private final PartitionWork<T> work;
    private final SerializableConfiguration storage;
    private final long maxBytes;

    /**
     * Takes what goes to the executor.
     *
     * @param storage how to reach the images
     * @param maxBytes the largest file that is read
     */
    public MixedPartition(PartitionWork<T> work, SerializableConfiguration storage, long maxBytes) {
        this.work = work;
        this.storage = storage;
        this.maxBytes = maxBytes;
    }

    /**
     * Works on a partition, which stands alone.
     *
     * @param held the contents of those of its images that are records, in their order there
     */
    @Override
    public Iterator<T> call(Iterator<ImageContent> held, Iterator<ImagePartition> partition) {
        FileFetcher fetcher = new FileFetcher(storage.value(), maxBytes);
        return work.process(partition.next().images().stream()
                .map(image ->
                        image.isRecord() ? InMemoryPartition.input(held.next()) : FetchPartition.input(image, fetcher))
                .iterator());
    }
}
