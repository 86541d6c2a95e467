package org.sparkxception.source.dataset;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The images that a source found, held by the executors until it is closed.
 *
 * @param images rows of {@link ImageRows}, in no order; one may stand in it twice where inputs overlap
 * @param hidden how many names were left out since Hadoop hides them
 * @param excluded how many files were left out since their names are not included
 * @param orderByLocation whether paths do not tell what lies together: images are then planned by place, each path once
 * @param cached what to let go at the end
 */
public record Listing(
        Dataset<Row> images, long hidden, long excluded, boolean orderByLocation, List<? extends JavaRDD<?>> cached)
        implements AutoCloseable {
    @Override
    public void close() {
        cached.forEach(rdd -> rdd.unpersist(false));
    }
}
