package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.image.ImageFault;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.fetch.FileFetcher;

/**
 * Fetches and processes the images of a partition: a function that Spark runs on executors.
 *
 * @param <T> the type of the results
 */
public final class FetchPartition<T> implements FlatMapFunction<ImagePartition, T> {
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
    public FetchPartition(PartitionWork<T> work, Broadcast<SerializableConfiguration> storage, long maxBytes) {
        this.work = work;
        this.storage = storage;
        this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<T> call(ImagePartition partition) {
        FileFetcher fetcher = new FileFetcher(storage.value().value(), maxBytes);
        return work.process(
                partition.images().stream().map(image -> input(image, fetcher)).iterator());
    }

    static PipelineInput input(ImageRef image, FileFetcher fetcher) {
        return new Fetch(image, fetcher);
    }

    /** An image to fetch. */
    private record Fetch(ImageRef image, FileFetcher fetcher) implements PipelineInput {
        @Override
        public long size() {
            return image.size();
        }

        @Override
        public boolean isInMemory() {
            return false;
        }

        @Override
        public byte[] read() throws ImageFault, InterruptedException {
            return fetcher.fetch(image);
        }

        @Override
        public Row row(Object[] outcome) {
            return PipelineInput.row(image, outcome);
        }

        @Override
        public String toString() {
            return image.path();
        }
    }
}
