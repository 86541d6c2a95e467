package org.sparkxception.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.inference.DeviceChoice;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.ChunkLimits;
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
        description = "Classifies the images of a dataset, and writes class scores as Parquet: one row an image.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ClassifyCommand implements Callable<Integer> {
    static final String SPARK_CONF = "--spark-conf";

    @Option(
            names = ConfFile.OPTION,
            paramLabel = "FILE",
            description = "Properties file with any of these options under its long name. The command line wins.")
    @SuppressWarnings("UnusedVariable") // ConfFile has read it before the options are parsed
    private String conf;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "URI",
            description = "Directory, file or glob of any Hadoop filesystem. Repeatable.")
    private List<String> inputs;

    @Option(names = "--output", required = true, paramLabel = "URI", description = "Directory of the results.")
    private String output;

    @Mixin
    private ModelOption model;

    @Mixin
    private TrustOption trust;

    @Option(
            names = "--input-format",
            paramLabel = "FORMAT",
            defaultValue = "files",
            description = "What the inputs are: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private SourceKind inputFormat;

    @Option(
            names = "--id-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_ID_COLUMN,
            description =
                    "Column of a manifest with the paths, or of a table with the names of the images. Default: ${DEFAULT-VALUE}.")
    private String idColumn;

    @Option(
            names = "--content-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_CONTENT_COLUMN,
            description = "Column of a table with the bytes of the images. Default: ${DEFAULT-VALUE}.")
    private String contentColumn;

    @Option(
            names = "--table-format",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_TABLE_FORMAT,
            description = "What Spark is to read a table as. Default: ${DEFAULT-VALUE}.")
    private String tableFormat;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Names of files to score. Repeatable. Default: the usual extensions of images, in any case.")
    private List<String> include = List.of();

    @Option(
            names = "--truth",
            paramLabel = "WHERE",
            defaultValue = SourceSettings.NO_TRUTH,
            description = "Where an image's true class stands: " + SourceSettings.PARENT_DIRECTORY
                    + ", a column of the manifest or table, or " + SourceSettings.NO_TRUTH
                    + ". Default: ${DEFAULT-VALUE}.")
    private String truth;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_TOP_K,
            description = "How many classes are written, best first. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(names = "--all-scores", description = "Write the scores of every class too.")
    private boolean allScores;

    @Option(names = "--embedding", description = "Write the pooled vector that the head gets too.")
    private boolean embedding;

    @Option(
            names = "--activation",
            paramLabel = "KIND",
            defaultValue = "model",
            description =
                    "What makes scores of logits: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, what the network"
                            + " itself ends in; softmax where its file does not say.")
    private Activation activation;

    @Option(
            names = "--precision",
            paramLabel = "KIND",
            defaultValue = "fp32",
            description =
                    "In what numbers the network is computed: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}."
                            + " bf16 and int8 are faster on CPUs that have them, fp16 is for GPUs; the report says how far the"
                            + " scores agree with fp32.")
    private Precision precision;

    @Option(
            names = "--min-agreement",
            paramLabel = "F",
            defaultValue = "" + JobSettings.DEFAULT_MIN_AGREEMENT,
            description =
                    "Refuse to score (exit code 6) if, at another precision than fp32, the best class is that of fp32 in"
                            + " a smaller share of sample images. Default: ${DEFAULT-VALUE}.")
    private double minAgreement;

    @Option(
            names = "--device",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the GPU that Spark gave, or the CPU.")
    private DeviceChoice device;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_BATCH_SIZE,
            description = "Images that go through the network at once. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--fetch-threads",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_FETCH_THREADS,
            description = "Threads a task that read files ahead. Default: ${DEFAULT-VALUE}.")
    private int fetchThreads;

    @Option(
            names = "--decode-threads",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_DECODE_THREADS,
            description = "Threads a task that decode and resize. Default: ${DEFAULT-VALUE}.")
    private int decodeThreads;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "" + ImageDecoder.DEFAULT_MAX_PIXELS,
            description = "Larger images are not decoded. Default: ${DEFAULT-VALUE}.")
    private long maxPixels;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "" + FileFetcher.DEFAULT_MAX_BYTES,
            description = "Larger files are not read. Default: ${DEFAULT-VALUE}.")
    private long maxBytes;

    @Option(
            names = "--chunk-images",
            paramLabel = "N",
            defaultValue = "" + ChunkLimits.DEFAULT_IMAGES,
            description = "Images of a chunk, the unit of commit and resume. Default: ${DEFAULT-VALUE}.")
    private long chunkImages;

    @Option(
            names = "--chunk-bytes",
            paramLabel = "N",
            defaultValue = "" + ChunkLimits.DEFAULT_BYTES,
            description = "Bytes of a chunk. Default: ${DEFAULT-VALUE}.")
    private long chunkBytes;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "resume",
            description = {
                "What to do with an output that holds results. Default: ${DEFAULT-VALUE}.",
                "resume: finish what is left; nothing, if all is done.",
                "update: list again, and score what is new or has changed.",
                "overwrite: delete it, and begin anew.",
                "retry-failed: score again what could not be scored."
            })
    private Mode mode;

    @Option(
            names = "--max-failed-fraction",
            paramLabel = "F",
            defaultValue = "" + JobSettings.DEFAULT_MAX_FAILED_FRACTION,
            description =
                    "Above this share of failed images, or of truths that are none of the model's labels, the exit code is 4."
                            + " Default: ${DEFAULT-VALUE}.")
    private double maxFailedFraction;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark master. Default: what spark-submit says, or all cores of this machine.")
    private String master;

    @Option(
            names = SPARK_CONF,
            paramLabel = "KEY=VALUE",
            description = "Spark setting. Repeatable. Under spark-submit, its own --conf rules.")
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
            System.out.println("Nothing is left to do: an earlier run did it all.");
        }
        if (outcome.unplanned() > 0) {
            System.out.printf(
                    "The input holds %,d images that are new or have changed since: --mode update scores them.%n",
                    outcome.unplanned());
        }
        System.out.print(Summary.of(outcome.report(), outcome.reportPath(), outcome.htmlPath()));
        outcome.fault().ifPresent(fault -> {
            throw fault;
        });
        return ExitCode.COMPLETE.code();
    }

    JobSettings settings() {
        try {
            ScoringSettings scoring = ScoringSettings.builder()
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
            return new JobSettings(
                    inputs,
                    new SourceSettings(inputFormat, include, truth, idColumn, contentColumn, tableFormat),
                    output,
                    mode,
                    new ChunkLimits(chunkImages, chunkBytes),
                    maxFailedFraction,
                    minAgreement,
                    scoring);
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, e.getMessage(), e);
        }
    }
}
