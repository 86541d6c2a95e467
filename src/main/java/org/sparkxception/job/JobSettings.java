package org.sparkxception.job;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.SourceSettings;
import org.sparkxception.source.dataset.ImageRows;

/**
 * The settings of a run, made by a {@link Builder}.
 *
 * @param inputs directories, files or globs
 * @param output directory of the results
 * @param lock what keeps other runs from writing to the same output
 * @param chunkImages maximum number of images per chunk, from 1 to 10,000,000
 * @param chunkBytes maximum number of bytes per chunk, at least 1
 * @param targetFileSize approximate maximum size of a file of results, in bytes, at least 1 MiB
 * @param modelName name of the model in reports
 * @param minAgreement minimum share of sample images, 0 to 1, whose best class must match float32
 * @param maxFailedFraction maximum share of failed images, 0 to 1, for the run to count as a success
 */
public record JobSettings(
        List<String> inputs,
        SourceSettings source,
        String output,
        Mode mode,
        Lock lock,
        String modelName,
        long chunkImages,
        long chunkBytes,
        long targetFileSize,
        double maxFailedFraction,
        double minAgreement,
        ScoringSettings scoring) {
    public static final String DEFAULT_MODEL_NAME = "unnamed";
    public static final long DEFAULT_CHUNK_IMAGES = 65_536;
    public static final long DEFAULT_CHUNK_BYTES = 16L << 30;
    public static final long DEFAULT_TARGET_FILE_SIZE = 128 << 20;
    public static final double DEFAULT_MAX_FAILED_FRACTION = 0.05;
    public static final double DEFAULT_MIN_AGREEMENT = 0;

    private static final long MAX_CHUNK_IMAGES = 10_000_000;
    private static final long MIN_FILE_SIZE = 1 << 20;

    /**
     * Checks the settings.
     *
     * @throws InvalidSetting if there are no inputs, or a number is out of its range
     */
    public JobSettings {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new InvalidSetting("input", "a directory, file or glob", inputs);
        }
        InvalidSetting.requireRange("chunk-images", chunkImages, 1, MAX_CHUNK_IMAGES);
        if (chunkBytes < 1) {
            throw new InvalidSetting("chunk-bytes", "at least 1", chunkBytes);
        }
        if (targetFileSize < MIN_FILE_SIZE) {
            throw new InvalidSetting("target-file-size", "at least 1 MiB", targetFileSize);
        }
        InvalidSetting.requireFraction("max-failed-fraction", maxFailedFraction);
        InvalidSetting.requireFraction("min-agreement", minAgreement);
        requireNewColumns(source.keepColumns());
    }

    /** Readers do not distinguish columns whose names differ only in case. */
    private static void requireNewColumns(List<String> names) {
        Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        taken.addAll(List.of(ResultSchema.schema(List.of(), "").fieldNames()));
        taken.addAll(List.of(ResultSchema.CHUNK, ImageRows.GIVEN_PATH));
        for (String name : names) {
            if (name.isBlank() || !taken.add(name)) {
                throw new InvalidSetting(
                        SourceSettings.KEEP_COLUMNS,
                        "different names, and none of a column of the results (" + name + ")",
                        String.join(",", names));
            }
        }
    }

    /**
     * Starts settings with the default of everything else.
     *
     * @param inputs directories, files or globs, at least one, on any Hadoop filesystem
     * @param output directory of the results
     */
    public static Builder builder(List<String> inputs, String output) {
        return new Builder(inputs, output);
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        return new Builder(inputs, output)
                .source(source)
                .mode(mode)
                .lock(lock)
                .modelName(modelName)
                .chunkImages(chunkImages)
                .chunkBytes(chunkBytes)
                .targetFileSize(targetFileSize)
                .maxFailedFraction(maxFailedFraction)
                .minAgreement(minAgreement)
                .scoring(scoring);
    }

    ChunkLimits chunkLimits() {
        return new ChunkLimits(chunkImages, chunkBytes);
    }

    /**
     * Resolves these settings for a model.
     *
     * @throws UserException (exit code 2) if the model does not support them
     */
    JobSettings resolveFor(ModelBundle model) {
        if (model.labels().isEmpty() && source.hasTruth()) {
            throw new UserException(ExitCode.USAGE, "the model has no classes to compare `truth` with: omit `truth`");
        }
        if (model.labels().isEmpty() && minAgreement > 0 && scoring.precision() != Precision.FP32) {
            throw new UserException(
                    ExitCode.USAGE, "the model has no classes for `min-agreement` to compare: omit `min-agreement`");
        }
        return toBuilder().scoring(scoring.resolveFor(model)).build();
    }

    /** Builds settings; an invalid value is an {@link InvalidSetting}. */
    public static final class Builder {
        private List<String> inputs;
        private String output;
        private SourceSettings source = SourceSettings.files();
        private Mode mode = Mode.RESUME;
        private Lock lock = Lock.FILE;
        private String modelName = DEFAULT_MODEL_NAME;
        private long chunkImages = DEFAULT_CHUNK_IMAGES;
        private long chunkBytes = DEFAULT_CHUNK_BYTES;
        private long targetFileSize = DEFAULT_TARGET_FILE_SIZE;
        private double maxFailedFraction = DEFAULT_MAX_FAILED_FRACTION;
        private double minAgreement = DEFAULT_MIN_AGREEMENT;
        private ScoringSettings scoring = ScoringSettings.builder().build();

        private Builder(List<String> inputs, String output) {
            this.inputs = List.copyOf(inputs);
            this.output = output;
        }

        /** Sets the directories, files or globs to read, at least one. */
        public Builder inputs(List<String> value) {
            inputs = List.copyOf(value);
            return this;
        }

        /** Sets the directory of the results. */
        public Builder output(String value) {
            output = value;
            return this;
        }

        /** Sets how to read the inputs. Default: {@link SourceSettings#files()}. */
        public Builder source(SourceSettings value) {
            source = value;
            return this;
        }

        /** Sets what to do with an output that already has results. Default: {@link Mode#RESUME}. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Sets what keeps other runs from writing to the same output. Default: {@link Lock#FILE}. */
        public Builder lock(Lock value) {
            lock = value;
            return this;
        }

        /** Sets the name of the model in reports. Default: {@value #DEFAULT_MODEL_NAME}. */
        public Builder modelName(String value) {
            modelName = value;
            return this;
        }

        /** Sets the maximum number of images per chunk, from 1 to 10,000,000. Default: {@value #DEFAULT_CHUNK_IMAGES}. */
        public Builder chunkImages(long value) {
            chunkImages = value;
            return this;
        }

        /** Sets the maximum number of bytes per chunk, at least 1. Default: {@value #DEFAULT_CHUNK_BYTES}. */
        public Builder chunkBytes(long value) {
            chunkBytes = value;
            return this;
        }

        /** Sets the approximate maximum size of a file of results, in bytes, at least 1 MiB. Default: {@value #DEFAULT_TARGET_FILE_SIZE}. */
        public Builder targetFileSize(long value) {
            targetFileSize = value;
            return this;
        }

        /**
         * Sets the maximum share of failed images, and of truths that are not labels of the model, for the run to count as a success,
         * from 0 to 1. Default: {@value #DEFAULT_MAX_FAILED_FRACTION}.
         */
        public Builder maxFailedFraction(double value) {
            maxFailedFraction = value;
            return this;
        }

        /**
         * Sets the minimum share of sample images whose best class must match float32, from 0 to 1; has no effect at float32. Default:
         * {@value #DEFAULT_MIN_AGREEMENT}.
         */
        public Builder minAgreement(double value) {
            minAgreement = value;
            return this;
        }

        /** Sets how images are scored. */
        public Builder scoring(ScoringSettings value) {
            scoring = value;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidSetting if there are no inputs, or a number is out of its range
         */
        public JobSettings build() {
            return new JobSettings(
                    inputs,
                    source,
                    output,
                    mode,
                    lock,
                    modelName,
                    chunkImages,
                    chunkBytes,
                    targetFileSize,
                    maxFailedFraction,
                    minAgreement,
                    scoring);
        }
    }
}
