package org.sparkxception.cli;

import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that specify where results are written, and how a run relates to earlier ones. */
@Command(optionListHeading = "Output and resume:")
final class OutputOptions {
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
        job.mode(mode).chunkImages(chunkImages).chunkBytes(chunkBytes).maxFailedFraction(maxFailedFraction);
    }
}
