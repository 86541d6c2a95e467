package org.sparkxception.job;

import java.util.List;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.source.SourceSettings;

/**
 * The settings of a run.
 *
 * @param inputs directories, files or globs
 * @param output directory of the results
 * @param minAgreement minimum share of sample images, 0 to 1, whose best class must match float32
 * @param maxFailedFraction maximum share of failed images, 0 to 1, for the run to count as a success
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
            throw new IllegalArgumentException("--input is missing: specify a directory, file or glob");
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
     * Resolves these settings for a model.
     *
     * @throws UserException (exit code 2) if the model does not support them
     */
    JobSettings resolveFor(ModelBundle model) {
        if (model.labels().isEmpty() && source.hasTruth()) {
            throw new UserException(ExitCode.USAGE, "the model has no classes to compare --truth with: omit --truth");
        }
        if (model.labels().isEmpty() && minAgreement > 0 && scoring.precision() != Precision.FP32) {
            throw new UserException(
                    ExitCode.USAGE, "the model has no classes for --min-agreement to compare: omit --min-agreement");
        }
        return new JobSettings(
                inputs, source, output, mode, chunkLimits, maxFailedFraction, minAgreement, scoring.resolveFor(model));
    }
}
