package org.sparkxception.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.PipelineStatistics;
import org.sparkxception.inference.PipelineStatistics.Counter;
import org.sparkxception.inference.ScorePartition;
import org.sparkxception.inference.StatisticsAccumulator;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.report.ProgressDisplay;
import org.sparkxception.report.RunReport;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.FilesSource;
import org.sparkxception.source.Listing;

/** Classifies a dataset: {@link #run} lists the steps. */
public final class ClassifyJob {
    private final SparkSession spark;
    private final JavaSparkContext context;
    private final JobSettings settings;
    private final ModelBundle model;
    private final String modelFingerprint;
    private final StatisticsAccumulator statistics = new StatisticsAccumulator();
    private final long startNanos = System.nanoTime();

    public ClassifyJob(SparkSession spark, JobSettings settings, ModelBundle model) {
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.settings = settings;
        this.model = model;
        this.modelFingerprint = model.fingerprint();
    }

    /**
     * Runs the job, or what is left of it.
     *
     * @throws UserException if the input, the output or the model cannot be used
     */
    public Outcome run() throws IOException, InterruptedException {
        List<String> inputs = qualifiedInputs();
        RunIdentity identity = RunIdentity.of(settings, inputs, modelFingerprint);
        RunDirectory run = RunDirectory.open(settings.output(), context.hadoopConfiguration(), identity);
        boolean wasComplete = run.isComplete();
        PlanTotals plan = plan(run, inputs);
        List<Integer> left = wasComplete ? List.of() : run.chunksLeft(plan.chunks());
        score(run, plan, left);
        RunReport report = report(run, plan, left, identity);
        if (!wasComplete) {
            run.writeReport(report);
            run.complete();
        }
        return new Outcome(report, run.reportPath(), wasComplete, settings.maxFailedFraction());
    }

    /** The inputs as full URIs. The output must not lie under one: the next run would list it. */
    private List<String> qualifiedInputs() {
        Path output = FilesSource.qualified(settings.output(), context.hadoopConfiguration());
        List<String> inputs = new ArrayList<>();
        for (String input : settings.inputs()) {
            Path path = FilesSource.qualified(input, context.hadoopConfiguration());
            if ((output + "/").startsWith(path + "/")) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the output " + output + " lies under the input " + path
                                + ", where the next run would list it: choose another --output");
            }
            inputs.add(path.toString());
        }
        return inputs;
    }

    private PlanTotals plan(RunDirectory run, List<String> inputs) throws IOException {
        Optional<PlanTotals> planned = run.planTotals();
        if (planned.isPresent()) {
            return planned.get();
        }
        FilesSource source = new FilesSource(context, settings.include(), settings.truthOfParent());
        try (Listing listing = source.list(inputs)) {
            PlanTotals totals = new Planner(spark, settings.chunkLimits()).write(listing, run.planDirectory());
            run.finishPlan(totals);
            return totals;
        }
    }

    private void score(RunDirectory run, PlanTotals plan, List<Integer> chunks) throws InterruptedException {
        if (chunks.isEmpty()) {
            return;
        }
        context.sc().register(statistics, "spark-xception");
        Broadcast<ModelBundle> bundle = context.broadcast(model);
        ScorePartition scorePartition = new ScorePartition(
                bundle,
                modelFingerprint,
                settings.scoring(),
                new SerializableConfiguration(context.hadoopConfiguration()),
                statistics);
        StructType schema = ResultSchema.schema(model.labels(), modelFingerprint);
        // Chunks are equal in images or in bytes, so that this is an estimate where bytes closed one.
        long doneBefore = plan.images() * (plan.chunks() - chunks.size()) / plan.chunks();
        try (ProgressDisplay display = ProgressDisplay.onStandardError(plan.images(), doneBefore)) {
            ProgressListener listener = new ProgressListener(statistics, display, doneBefore);
            context.sc().addSparkListener(listener);
            new ChunkScorer(
                            spark,
                            run,
                            scorePartition,
                            schema,
                            settings.scoring().batchSize())
                    .score(chunks);
            context.sc().removeSparkListener(listener);
        } finally {
            bundle.destroy();
        }
    }

    private RunReport report(RunDirectory run, PlanTotals plan, List<Integer> scored, RunIdentity identity) {
        PipelineStatistics all = statistics.value();
        Map<String, Double> stages = new LinkedHashMap<>();
        stages.put("fetch", all.seconds(Counter.FETCH_NANOS));
        stages.put("decode", all.seconds(Counter.DECODE_NANOS));
        stages.put("resize", all.seconds(Counter.RESIZE_NANOS));
        stages.put("predict", all.seconds(Counter.PREDICT_NANOS));
        stages.put("rank", all.seconds(Counter.RANK_NANOS));
        stages.put("wait for images", all.seconds(Counter.WAIT_NANOS));
        stages.put("load model", all.seconds(Counter.MODEL_LOAD_NANOS));
        return new RunReport(
                run.root(),
                ResultFacts.of(spark, run.root()),
                new RunReport.Speed(
                        all.get(Counter.SCORED),
                        all.steadyRate(),
                        (System.nanoTime() - startNanos) / 1e9,
                        all.get(Counter.BATCHES),
                        all.get(Counter.BYTES)),
                new RunReport.Model(
                        modelFingerprint,
                        all.get(Counter.MODEL_LOADS),
                        all.get(Counter.PREDICTORS),
                        all.get(Counter.FALLBACKS)),
                new RunReport.Plan(
                        plan.images(),
                        plan.bytes(),
                        plan.chunks(),
                        plan.chunks() - scored.size(),
                        plan.duplicates(),
                        plan.hidden(),
                        plan.excluded()),
                stages,
                identity.fingerprint(),
                Map.of("scoring", identity.scoring(), "planning", identity.planning()),
                Map.of("spark", spark.version(), "java", Runtime.version().toString()));
    }
}
