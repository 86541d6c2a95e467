package org.sparkxception.source.dataset;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The images that a source found. The executors cache them until the listing is closed.
 *
 * @param images rows of {@link ImageRows}, unordered; with duplicates if inputs overlap
 * @param count number of these rows
 * @param hidden the number of names skipped because they are hidden
 * @param excluded the number of files skipped because their names do not match
 * @param orderByLocation whether images are planned by location instead of by path, each path once: for sources whose paths do not
 *     show which images are stored together
 * @param cached the RDDs to unpersist when the listing is closed
 */
public record Listing(
        Dataset<Row> images,
        long count,
        long hidden,
        long excluded,
        boolean orderByLocation,
        List<? extends JavaRDD<?>> cached)
        implements AutoCloseable {
    @Override
    public void close() {
        cached.forEach(rdd -> rdd.unpersist(false));
    }
}
