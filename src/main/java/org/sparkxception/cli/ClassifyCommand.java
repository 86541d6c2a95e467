package org.sparkxception.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.inference.DeviceChoice;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.ClassifyJob;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;
import org.sparkxception.model.Activation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.report.Summary;
import org.sparkxception.source.SourceKind;
import org.sparkxception.source.SourceSettings;
import org.sparkxception.source.fetch.FileFetcher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Classifies the images of a dataset. */
@Command(
        name = "classify",
        description = "Classifies the images of a dataset and writes class scores as Parquet, one row per image.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ClassifyCommand implements Callable<Integer> {
    static final String SPARK_CONF = "--spark-conf";

    @Option(
            names = ConfFile.OPTION,
            paramLabel = "FILE",
            description = "Properties file with any of these options by long name. The command line takes precedence.")
    @SuppressWarnings("UnusedVariable") // ConfFile reads it before the options are parsed
    private String conf;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "URI",
            description = "Directory, file or glob on any Hadoop filesystem. Repeatable.")
    private List<String> inputs;

    @Option(names = "--output", required = true, paramLabel = "URI", description = "Directory for the results.")
    private String output;

    @Mixin
    private ModelOption model;

    @Mixin
    private TrustOption trust;

    @Option(
            names = "--input-format",
            paramLabel = "FORMAT",
            defaultValue = "files",
            description = "Format of the inputs: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private SourceKind inputFormat;

    @Option(
            names = "--id-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_ID_COLUMN,
            description =
                    "Column with the image paths of a manifest, or with the image names of a table. Default: ${DEFAULT-VALUE}.")
    private String idColumn;

    @Option(
            names = "--content-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_CONTENT_COLUMN,
            description = "Column with the image bytes of a table. Default: ${DEFAULT-VALUE}.")
    private String contentColumn;

    @Option(
            names = "--table-format",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_TABLE_FORMAT,
            description = "Spark data source to read a table with. Default: ${DEFAULT-VALUE}.")
    private String tableFormat;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description =
                    "Names of files to score. Repeatable. Default: the usual image extensions, in upper or lower case.")
    private List<String> include = List.of();

    @Option(
            names = "--truth",
            paramLabel = "WHERE",
            defaultValue = SourceSettings.NO_TRUTH,
            description = "Where the true class of an image comes from: " + SourceSettings.PARENT_DIRECTORY
                    + ", a column of the manifest or table, or " + SourceSettings.NO_TRUTH
                    + ". Default: ${DEFAULT-VALUE}.")
    private String truth;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_TOP_K,
            description = "Number of classes to write, best first. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(names = "--all-scores", description = "Also write the scores of all classes.")
    private boolean allScores;

    @Option(names = "--embedding", description = "Also write the embedding: the pooled vector before the head.")
    private boolean embedding;

    @Option(
            names = "--activation",
            paramLabel = "KIND",
            defaultValue = "model",
            description =
                    "Activation that turns logits into scores: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the final"
                            + " activation of the network itself; softmax if its file does not specify one.")
    private Activation activation;

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
            names = "--device",
            paramLabel = "KIND",
            defaultValue = "auto",
            description =
                    "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the GPU that Spark assigned, or the CPU.")
    private DeviceChoice device;

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

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "" + ImageDecoder.DEFAULT_MAX_PIXELS,
            description = "Images with more pixels are not decoded. Default: ${DEFAULT-VALUE}.")
    private long maxPixels;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "" + FileFetcher.DEFAULT_MAX_BYTES,
            description = "Files with more bytes are not read. Default: ${DEFAULT-VALUE}.")
    private long maxBytes;

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
            names = "--max-failed-fraction",
            paramLabel = "F",
            defaultValue = "" + JobSettings.DEFAULT_MAX_FAILED_FRACTION,
            description =
                    "Above this share of failed images, or of truths that are not labels of the model, the exit code is 4."
                            + " Default: ${DEFAULT-VALUE}.")
    private double maxFailedFraction;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark master. Default: the master of spark-submit, or all cores of this machine.")
    private String master;

    @Option(
            names = SPARK_CONF,
            paramLabel = "KEY=VALUE",
            description = "Spark setting. Repeatable. With spark-submit, its own --conf takes precedence.")
    private Map<String, String> sparkConf = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        JobSettings settings = settings();
        SparkSession spark = Sessions.open(Optional.ofNullable(master), sparkConf);
        try {
            return classify(spark, settings);
        } finally {
            Sessions.close(spark);
        }
    }

    String output() {
        return output;
    }

    int classify(SparkSession spark, JobSettings settings) throws IOException, InterruptedException {
        ModelBundle bundle = model.read(spark.sparkContext().hadoopConfiguration());
        Outcome outcome = new ClassifyJob(spark, settings, bundle).run();
        if (outcome.nothingLeft()) {
            System.out.println("Nothing to do: the output is already complete.");
        }
        if (outcome.unplanned() > 0) {
            System.out.printf(
                    "The input contains %,d new or changed images: use --mode update to score them.%n",
                    outcome.unplanned());
        }
        System.out.print(Summary.of(outcome.report(), outcome.reportPath(), outcome.htmlPath()));
        outcome.fault().ifPresent(fault -> {
            throw fault;
        });
        return ExitCode.COMPLETE.code();
    }

    JobSettings settings() {
        return JobSettings.builder(inputs, output)
                .source(source())
                .mode(mode)
                .chunkImages(chunkImages)
                .chunkBytes(chunkBytes)
                .maxFailedFraction(maxFailedFraction)
                .minAgreement(minAgreement)
                .scoring(scoring())
                .build();
    }

    private ScoringSettings scoring() {
        return ScoringSettings.builder()
                .topK(topK)
                .allScores(allScores)
                .embedding(embedding)
                .trustCode(trust.isGiven())
                .activation(activation)
                .precision(precision)
                .device(device)
                .batchSize(batchSize)
                .fetchThreads(fetchThreads)
                .decodeThreads(decodeThreads)
                .maxPixels(maxPixels)
                .maxBytes(maxBytes)
                .build();
    }

    /** Options that the kind of dataset does not have are ignored. */
    private SourceSettings source() {
        return switch (inputFormat) {
            case FILES -> new SourceSettings.Files(include, truth);
            case MANIFEST -> new SourceSettings.Manifest(idColumn, truth);
            case TABLE -> new SourceSettings.Table(tableFormat, idColumn, contentColumn, truth);
            case TAR -> new SourceSettings.Tar(include, truth);
            case SEQUENCE_FILE -> new SourceSettings.SequenceFile(include, truth);
        };
    }
}
