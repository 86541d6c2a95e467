package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.sparkxception.image.ImageFault;
import org.sparkxception.source.dataset.ImageContent;

/**
 * Processes images whose bytes are part of the task's input, read from a container by an earlier stage.
 *
 * @param <T> the type of the results
 */
public final class InMemoryPartition<T> implements FlatMapFunction<Iterator<ImageContent>, T> {
    private static final long serialVersionUID = 1;

    private final PartitionWork<T> work;

    public InMemoryPartition(PartitionWork<T> work) {
        this.work = work;
    }

    @Override
    public Iterator<T> call(Iterator<ImageContent> contents) {
        return work.process(IteratorUtils.transformedIterator(contents, InMemoryPartition::input));
    }

    static PipelineInput input(ImageContent content) {
        return new Held(content);
    }

    /** An image in memory. */
    private record Held(ImageContent content) implements PipelineInput {
        @Override
        public long size() {
            return content.image().size();
        }

        @Override
        public boolean isInMemory() {
            return true;
        }

        @Override
        public byte[] read() throws ImageFault {
            return content.bytes();
        }

        @Override
        public Row row(Object[] outcome) {
            return PipelineInput.row(content.image(), outcome);
        }

        @Override
        public String toString() {
            return content.image().path();
        }
    }
}
