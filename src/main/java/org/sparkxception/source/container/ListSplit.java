package org.sparkxception.source.container;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.dataset.Split;
import org.sparkxception.source.files.ListingEntry;

/** Lists a split of a container, on an executor. */
final class ListSplit implements FlatMapFunction<Split, ListingEntry> {
    private static final long serialVersionUID = 1;

    private final ContainerFormat format;
    private final SerializableConfiguration configuration;
    private final ArrayList<String> include;
    private final boolean truthOfParent;

    ListSplit(
            ContainerFormat format,
            SerializableConfiguration configuration,
            List<String> include,
            boolean truthOfParent) {
        this.format = format;
        this.configuration = configuration;
        this.include = new ArrayList<>(include);
        this.truthOfParent = truthOfParent;
    }

    @Override
    public Iterator<ListingEntry> call(Split part) {
        SplitReader open = new SplitReader(format, configuration.value(), part);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> open.close());
        RecordNames names =
                new RecordNames(new FileNames(format.recordGlobs(include)), format.hidesNames(), truthOfParent);
        return new SplitListing(part, open, names);
    }
}
