package org.sparkxception.source.container;

import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.SplitRequest;

/** Reads images from a split of a container, on an executor. */
final class ReadSplit implements FlatMapFunction<SplitRequest, ImageContent> {
    private static final long serialVersionUID = 1;

    private final ContainerFormat format;
    private final SerializableConfiguration configuration;
    private final long maxBytes;

    ReadSplit(ContainerFormat format, SerializableConfiguration configuration, long maxBytes) {
        this.format = format;
        this.configuration = configuration;
        this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<ImageContent> call(SplitRequest asked) {
        SplitReader open = new SplitReader(format, configuration.value(), asked.part());
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> open.close());
        return new SplitContents(asked.images(), open, format.label(), maxBytes);
    }
}
