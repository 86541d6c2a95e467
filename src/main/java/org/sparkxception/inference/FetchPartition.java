package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.image.ImageFault;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.fetch.FileFetcher;

/**
 * Fetches the images of a partition and works on them, on an executor: the function that Spark sends there.
 *
 * @param <T> what comes out
 */
public final class FetchPartition<T> implements FlatMapFunction<ImagePartition, T> {
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
    public FetchPartition(PartitionWork<T> work, SerializableConfiguration storage, long maxBytes) {
        this.work = work;
        this.storage = storage;
        this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<T> call(ImagePartition partition) {
        FileFetcher fetcher = new FileFetcher(storage.value(), maxBytes);
        return work.process(
                partition.images().stream().map(image -> input(image, fetcher)).iterator());
    }

    static PipelineInput input(ImageRef image, FileFetcher fetcher) {
        return new Fetch(image, fetcher);
    }

    /** An image to be fetched. */
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
            return ResultSchema.row(image.path(), image.size(), image.modified(), image.truth(), outcome);
        }

        @Override
        public String toString() {
            return image.path();
        }
    }
}
