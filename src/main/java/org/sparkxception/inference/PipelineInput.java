package org.sparkxception.inference;

import org.apache.spark.sql.Row;
import org.sparkxception.image.ImageFault;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageRef;

/** An image to score. */
public interface PipelineInput {
    /** Size of the encoded image in bytes, as known before it is read. */
    long size();

    /** Whether the bytes are already in memory. */
    boolean isInMemory();

    /**
     * Returns the encoded image. Called once, on a thread of the pipeline.
     *
     * @throws ImageFault if the image cannot be read; its row contains the error
     */
    byte[] read() throws ImageFault, InterruptedException;

    /** The name of the image in messages and in {@link DecodingNotes}: unique within a run. */
    @Override
    String toString();

    /** Returns the row of the image with its outcome: the columns of {@link ResultSchema#outcome}. */
    Row row(Object[] outcome);

    /** Returns the row of an image of the job with its outcome, and with the columns of the dataset that are kept. */
    static Row row(ImageRef image, Object[] outcome) {
        return ResultSchema.withKept(
                ResultSchema.row(image.path(), image.size(), image.modified(), image.truth(), outcome), image.kept());
    }
}
