package org.sparkxception.source;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * The images that a source found, held by the executors until it is closed.
 *
 * @param images in no order; one may stand in it twice where inputs overlap
 * @param hidden how many names were left out since Hadoop hides them
 * @param excluded how many files were left out since their names are not included
 * @param cached what to let go at the end
 */
public record Listing(JavaRDD<ImageRef> images, long hidden, long excluded, List<? extends JavaRDD<?>> cached)
        implements AutoCloseable {
    @Override
    public void close() {
        cached.forEach(rdd -> rdd.unpersist(false));
    }
}
