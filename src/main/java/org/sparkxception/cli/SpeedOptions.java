package org.sparkxception.cli;

import org.sparkxception.inference.DeviceChoice;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.JobSettings;
import org.sparkxception.model.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that specify how scores are computed. */
@Command(optionListHeading = "Speed:")
final class SpeedOptions {
    @Option(
            names = "--device",
            paramLabel = "KIND",
            defaultValue = "auto",
            description =
                    "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the GPU that Spark assigned, or the CPU.")
    private DeviceChoice device;

    @Option(
            names = "--precision",
            paramLabel = "KIND",
            defaultValue = "fp32",
            description = "Numeric precision of the network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}."
                    + " bf16 and int8 are faster on CPUs that support them, fp16 is for GPUs; the report shows how closely"
                    + " the scores agree with fp32.")
    private Precision precision;

    @Option(
            names = "--min-agreement",
            paramLabel = "F",
            defaultValue = "" + JobSettings.DEFAULT_MIN_AGREEMENT,
            description =
                    "For a precision other than fp32: refuse to score (exit code 6) if the best class agrees with fp32 in a"
                            + " smaller share of sample images. Default: ${DEFAULT-VALUE}.")
    private double minAgreement;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_BATCH_SIZE,
            description = "Number of images per forward pass of the network. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--fetch-threads",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_FETCH_THREADS,
            description = "Threads per task that prefetch files. Default: ${DEFAULT-VALUE}.")
    private int fetchThreads;

    @Option(
            names = "--decode-threads",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_DECODE_THREADS,
            description = "Threads per task that decode and resize images. Default: ${DEFAULT-VALUE}.")
    private int decodeThreads;

    void addTo(JobSettings.Builder job) {
        job.minAgreement(minAgreement);
    }

    void addTo(ScoringSettings.Builder scoring) {
        scoring.device(device)
                .precision(precision)
                .batchSize(batchSize)
                .fetchThreads(fetchThreads)
                .decodeThreads(decodeThreads);
    }
}
