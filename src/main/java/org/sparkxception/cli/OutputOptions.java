package org.sparkxception.cli;

import org.apache.spark.network.util.JavaUtils;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Lock;
import org.sparkxception.job.Mode;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that specify where results are written, and how a run relates to earlier ones. */
@Command(optionListHeading = "Output and resume:")
final class OutputOptions {
    private static final long MEBI = 1 << 20;

    /** A number of bytes, as Spark's settings take it. */
    private static final class ByteSize implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            try {
                return JavaUtils.byteStringAsBytes(value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is not a size such as 64m or 1g");
            }
        }
    }

    @Option(names = "--output", required = true, paramLabel = "URI", description = "Directory for the results.")
    private String output;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "resume",
            description = {
                "What to do with an output that already contains results. Default: ${DEFAULT-VALUE}.",
                "resume: complete the remaining work; do nothing if the output is complete.",
                "update: list the input again, and score new and changed images.",
                "overwrite: delete it and start over.",
                "retry-failed: score failed images again."
            })
    private Mode mode;

    @Option(
            names = "--lock",
            paramLabel = "LOCK",
            defaultValue = "file",
            description = {
                "What keeps other runs from writing to the same output. Default: ${DEFAULT-VALUE}.",
                "file: a lock file in the output.",
                "none: nothing, for a scheduler that never starts two runs for one output, on a storage that"
                        + " cannot create a file exclusively."
            })
    private Lock lock;

    @Option(
            names = "--chunk-images",
            paramLabel = "N",
            defaultValue = "" + JobSettings.DEFAULT_CHUNK_IMAGES,
            description =
                    "Maximum number of images per chunk, the unit of commit and resume. Default: ${DEFAULT-VALUE}.")
    private long chunkImages;

    @Option(
            names = "--chunk-bytes",
            paramLabel = "N",
            defaultValue = "" + JobSettings.DEFAULT_CHUNK_BYTES,
            description = "Maximum number of bytes per chunk. Default: ${DEFAULT-VALUE}.")
    private long chunkBytes;

    @Option(
            names = "--target-file-size",
            paramLabel = "SIZE",
            defaultValue = JobSettings.DEFAULT_TARGET_FILE_SIZE / MEBI + "m",
            converter = ByteSize.class,
            description =
                    "Approximate maximum size of a file of results, in bytes or as 64m or 1g. A chunk has one file,"
                            + " unless it is larger. Default: ${DEFAULT-VALUE}.")
    private long targetFileSize;

    @Option(
            names = "--max-failed-fraction",
            paramLabel = "F",
            defaultValue = "" + JobSettings.DEFAULT_MAX_FAILED_FRACTION,
            description =
                    "Above this share of failed images, or of truths that are not labels of the model, the exit code is 4."
                            + " Default: ${DEFAULT-VALUE}.")
    private double maxFailedFraction;

    String output() {
        return output;
    }

    void addTo(JobSettings.Builder job) {
        job.mode(mode)
                .lock(lock)
                .chunkImages(chunkImages)
                .chunkBytes(chunkBytes)
                .targetFileSize(targetFileSize)
                .maxFailedFraction(maxFailedFraction);
    }
}
