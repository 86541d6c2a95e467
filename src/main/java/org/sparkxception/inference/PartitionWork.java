package org.sparkxception.inference;

import java.io.Serializable;
import java.util.Iterator;

/**
 * The work of a task on the images of its partition, independent of where their bytes come from.
 *
 * @param <T> the type of the results
 */
public interface PartitionWork<T> extends Serializable {
    /** Processes the images in the calling task. */
    Iterator<T> process(Iterator<? extends PipelineInput> images);
}
