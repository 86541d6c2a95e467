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
     * Reads images that cannot be fetched individually, on the executors: each split of a container once, from its start. An image
     * that cannot be read is returned with its fault; none is omitted.
     *
     * @param images {@linkplain ImageRef#isRecord() records} that were listed by this kind of source
     */
    JavaRDD<ImageContent> read(List<ImageRef> images);
}
