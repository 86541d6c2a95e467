package org.sparkxception.inference;

import org.apache.spark.sql.Row;
import org.sparkxception.image.ImageFault;

/** An image that a partition pipeline is to score. */
public interface PipelineInput {
    /** Bytes of the encoded image, as far as they are known before it is read. */
    long size();

    /** Whether the bytes are in memory already. */
    boolean isInMemory();

    /**
     * The encoded image; called once, on a thread of the pipeline.
     *
     * @throws ImageFault if it cannot be had: the image's row says so
     */
    byte[] read() throws ImageFault, InterruptedException;

    /** What to call the image in a message to people, and in {@link DecodingNotes}: unique within a run. */
    @Override
    String toString();

    /** The row of the image, with what became of it: the columns of {@link org.sparkxception.result.ResultSchema#OUTCOME}. */
    Row row(Object[] outcome);
}
