package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.sparkxception.image.ImageFault;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.FileFetcher;
import org.sparkxception.source.ImageRef;

/** Fetches and scores the images of a partition, on an executor: the function that Spark sends there. */
public final class ScorePartition implements FlatMapFunction<ImagePartition, Row> {
    private static final long serialVersionUID = 1;

    private final Scorer scorer;

    public ScorePartition(Scorer scorer) {
        this.scorer = scorer;
    }

    @Override
    public Iterator<Row> call(ImagePartition partition) {
        FileFetcher fetcher =
                new FileFetcher(scorer.storage(), scorer.settings().maxBytes());
        return scorer.score(partition.images().stream()
                .map(image -> new Fetch(image, fetcher))
                .iterator());
    }

    /** An image to be fetched. */
    private record Fetch(ImageRef image, FileFetcher fetcher) implements PipelineInput {
        @Override
        public long size() {
            return image.size();
        }

        @Override
        public boolean isHeld() {
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
