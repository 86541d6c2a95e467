package org.sparkxception.inference;

import java.io.Serializable;
import java.util.Iterator;

/**
 * What a task does with the images of its partition, wherever their bytes come from.
 *
 * @param <T> what comes out
 */
public interface PartitionWork<T> extends Serializable {
    /** Does it, in the task that calls. */
    Iterator<T> process(Iterator<? extends PipelineInput> images);
}
