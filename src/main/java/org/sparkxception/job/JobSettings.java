package org.sparkxception.job;

import java.util.List;
import org.sparkxception.inference.ScoringSettings;

/**
 * All that a run is asked to do.
 *
 * @param inputs directories, files or globs
 * @param include globs on the file name; none means the usual extensions of images
 * @param output directory of the results
 * @param truthOfParent whether the name of an image's directory is the class it is of
 * @param maxFailedFraction the largest share of failed images, 0 to 1, with which the run counts as a success
 */
public record JobSettings(
        List<String> inputs,
        List<String> include,
        String output,
        boolean truthOfParent,
        ChunkLimits chunkLimits,
        double maxFailedFraction,
        ScoringSettings scoring) {
    public static final double DEFAULT_MAX_FAILED_FRACTION = 0.05;

    public JobSettings {
        inputs = List.copyOf(inputs);
        include = List.copyOf(include);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("--input is missing: give a directory, file or glob");
        }
        if (!(maxFailedFraction >= 0 && maxFailedFraction <= 1)) {
            throw new IllegalArgumentException(
                    "--max-failed-fraction must be from 0 to 1 but was " + maxFailedFraction);
        }
    }
}
