package org.sparkxception.job;

import java.util.List;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.source.SourceSettings;

/**
 * All that a run is asked to do.
 *
 * @param inputs directories, files or globs
 * @param output directory of the results
 * @param minAgreement the smallest share of sample images, 0 to 1, whose best class must be the one in float32
 * @param maxFailedFraction the largest share of failed images, 0 to 1, with which the run counts as a success
 */
public record JobSettings(
        List<String> inputs,
        SourceSettings source,
        String output,
        Mode mode,
        ChunkLimits chunkLimits,
        double maxFailedFraction,
        double minAgreement,
        ScoringSettings scoring) {
    public static final double DEFAULT_MAX_FAILED_FRACTION = 0.05;
    public static final double DEFAULT_MIN_AGREEMENT = 0;

    public JobSettings {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("--input is missing: give a directory, file or glob");
        }
        if (!(maxFailedFraction >= 0 && maxFailedFraction <= 1)) {
            throw new IllegalArgumentException(
                    "--max-failed-fraction must be from 0 to 1 but was " + maxFailedFraction);
        }
        if (!(minAgreement >= 0 && minAgreement <= 1)) {
            throw new IllegalArgumentException("--min-agreement must be from 0 to 1 but was " + minAgreement);
        }
    }

    /**
     * These settings for a model.
     *
     * @throws UserException (exit code 2) if it cannot do what they ask for
     */
    JobSettings resolveFor(ModelBundle model) {
        if (model.labels().isEmpty() && source.hasTruth()) {
            throw new UserException(
                    ExitCode.USAGE, "the model has no classes, which --truth could be compared with: leave it out");
        }
        if (model.labels().isEmpty() && minAgreement > 0 && scoring.precision() != Precision.FP32) {
            throw new UserException(
                    ExitCode.USAGE, "the model has no classes, which --min-agreement could compare: leave it out");
        }
        return new JobSettings(
                inputs, source, output, mode, chunkLimits, maxFailedFraction, minAgreement, scoring.resolveFor(model));
    }
}
