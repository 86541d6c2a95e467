package org.sparkxception.inference;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;

/**
 * What a task does with the images of its partition, wherever their bytes come from.
 *
 * @param <T> what comes out
 */
public interface PartitionWork<T> extends Serializable {
    /** How to reach the images. */
    Configuration storage();

    /** The largest file that is read. */
    long maxBytes();

    /** Does it, in the task that calls. */
    Iterator<T> of(Iterator<? extends PipelineInput> images);
}
