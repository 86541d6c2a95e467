package org.sparkxception.source.dataset;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** A dataset of images. */
public interface ImageSource {
    /**
     * Lists the images of the dataset, on the executors.
     *
     * @throws org.sparkxception.UserException (exit code 3) if the dataset does not exist or cannot be listed
     */
    Listing list();

    /**
     * Reads those of the images that are {@linkplain ImageRef#record() records}, on the executors: each split of a container once, from
     * its start. A record that cannot be read is returned with its fault; none is omitted. A task reads all other images by itself.
     *
     * @param images images that this kind of source listed
     */
    JavaRDD<ImageContent> read(List<ImageRef> images);
}
