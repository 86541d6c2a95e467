package org.sparkxception.source.dataset;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** What an image dataset can be. */
public interface ImageSource {
    /**
     * Finds the images of the dataset, on the executors.
     *
     * @throws org.sparkxception.UserException (exit code 3) if it is not there or cannot be listed
     */
    Listing list();

    /**
     * Reads images that cannot be fetched one by one, on the executors: each part of a container once, from its begin. An image
     * that cannot be read comes with its fault; none is left out.
     *
     * @param images all {@linkplain ImageRef#isRecord() records}, listed by this kind of source
     */
    JavaRDD<ImageContent> read(List<ImageRef> images);
}
