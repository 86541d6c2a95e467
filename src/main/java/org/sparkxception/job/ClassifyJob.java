package org.sparkxception.job;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.Version;
import org.sparkxception.inference.Scorer;
import org.sparkxception.model.ClassScores;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.HtmlReport;
import org.sparkxception.report.RunDetails;
import org.sparkxception.report.RunReport;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.storage.CommitterCheck;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.StorageProbe;

/** Classifies a dataset; see {@link #run} for the steps. */
public final class ClassifyJob {
    private static final Logger LOG = LoggerFactory.getLogger(ClassifyJob.class);

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final JobSettings settings;
    private final ModelBundle model;
    private final String modelFingerprint;
    private final RunMeter meter;
    private final Preflight preflight;

    public ClassifyJob(SparkSession spark, JobSettings settings, ModelBundle model) {
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.settings = settings.resolveFor(model);
        this.model = model;
        this.modelFingerprint = model.fingerprint();
        this.meter = new RunMeter(context, this.settings.scoring());
        this.preflight = new Preflight(context, this.settings.scoring(), meter.statistics());
    }

    /**
     * Runs the job, or resumes it.
     *
     * @throws UserException if the input, the output or the model cannot be used
     */
    public Outcome run() throws IOException, InterruptedException {
        Configuration configuration = context.hadoopConfiguration();
        List<String> inputs = settings.inputs().stream()
                .map(input -> FilesSource.qualified(input, configuration).toString())
                .toList();
        Path output = FilesSource.qualified(settings.output(), configuration);
        reachStorages();
        Overlap.refuse(inputs, output, configuration);
        RunIdentity identity = RunIdentity.of(settings, inputs, modelFingerprint);
        RunDirectory run = RunDirectory.open(settings.output(), configuration);
        CommitterCheck.check(
                new Path(run.root()), spark.conf().get(CommitterCheck.PROTOCOL_SETTING, ""), configuration);
        ImageSource source =
                settings.source().open(spark, inputs, settings.scoring().maxBytes());
        if (settings.mode() == Mode.RESUME && run.isComplete()) {
            return nothingLeft(run, identity, source);
        }
        try (RunLock lock = run.lock();
                preflight) {
            lock.whenLost(context.sc()::cancelAllJobs);
            try {
                return run(run.reopened(), identity, source);
            } catch (ChunkFailedException e) {
                lock.check();
                throw e.toUserFacing(run.root());
            }
        }
    }

    private Outcome nothingLeft(RunDirectory run, RunIdentity identity, ImageSource source) throws IOException {
        Plan plan = run.plan();
        identity.requireSame(run.identity().orElse(identity), settings.mode(), run.root());
        run.refuseForeignResults(plan::includes);
        Dataset<Row> results = ResultFacts.read(spark, run);
        RunReport report = report(run, plan, List.of(), identity, results, scoreFacts(results));
        Planner planner = new Planner(spark, run, settings.chunkLimits());
        return new Outcome(report, run.reportPath(), run.htmlPath(), true, unplanned(plan, planner, source), settings);
    }

    /** Number of input images that are not planned; 0 if the input cannot be listed any more. */
    private static long unplanned(Plan plan, Planner planner, ImageSource source) {
        try (Listing listing = source.list()) {
            return planner.unplanned(listing, plan);
        } catch (UserException e) {
            LOG.info("could not compare the input with the output: {}", e.getMessage());
            return 0;
        }
    }

    private Outcome run(RunDirectory there, RunIdentity identity, ImageSource source)
            throws IOException, InterruptedException {
        there.finishClearing();
        boolean anew = beginsAnew(there, identity);
        RunDirectory run = anew ? there.successor() : there;
        Plan plan = anew ? Plan.NONE : run.plan();
        run.refuseForeignResults(anew ? chunk -> true : plan::includes);
        if (!settings.scoring().mustCalibrate(model)) {
            preflight.begin(model);
        }
        boolean wasComplete = !anew && run.isComplete();
        Planner planner = new Planner(spark, run, settings.chunkLimits());
        if (anew || settings.mode() == Mode.UPDATE) {
            plan = planNew(run, plan, planner, source, identity);
        }
        List<PlannedChunk> scored;
        try (PrecisionCheck precision = new PrecisionCheck(context, run, settings, model, preflight)) {
            scored = new ArrayList<>(score(run, plan, planner, source, precision));
            if (settings.mode() == Mode.RETRY_FAILED) {
                plan = planRetry(run, plan, planner);
                scored.addAll(score(run, plan, planner, source, precision));
            }
            if (!run.isComplete()) {
                precision.begin(plan, planner, source);
                precision.finish();
            }
        }
        Instant ended = Instant.now();
        run.refuseForeignResults(plan::includes);
        Dataset<Row> results = ResultFacts.read(spark, run);
        ScoreFacts scores = scoreFacts(results);
        RunReport report = report(run, plan, scored, identity, results, scores);
        boolean nothingLeft = wasComplete && scored.isEmpty();
        if (!nothingLeft) {
            Exemplars exemplars = Exemplars.of(results, scores.images(), model.classNames());
            exemplars.picture(context, plan, planner, source, settings.scoring());
            run.writeReport(report, HtmlReport.of(report, details(report, ended, results, scores, exemplars)));
            run.complete();
        }
        return new Outcome(report, run.reportPath(), run.htmlPath(), nothingLeft, 0, settings);
    }

    /** An output belongs to a run once it has results: before that, a run with other inputs or another model can replace it. */
    private boolean beginsAnew(RunDirectory there, RunIdentity identity) throws IOException {
        if (settings.mode() == Mode.OVERWRITE || there.identity().isEmpty()) {
            return true;
        }
        if (there.holdsResults()) {
            identity.requireSame(there.identity().get(), settings.mode(), there.root());
            return false;
        }
        return there.plan().generations().isEmpty()
                || !identity.fits(there.identity().get(), settings.mode());
    }

    /** Files of an earlier run are deleted only when they can be replaced: there are images, and the model works. */
    private Plan planNew(RunDirectory run, Plan before, Planner planner, ImageSource source, RunIdentity identity)
            throws IOException, InterruptedException {
        try (Listing listing = source.list()) {
            Generation generation = planner.plan(listing, before, settings.mode());
            if (before.generations().isEmpty()) {
                if (run.holdsResults() && !settings.scoring().mustCalibrate(model)) {
                    preflight.check(model);
                }
                run.begin(identity, generation);
                return before.with(generation);
            }
            Plan plan = recordGeneration(run, before, generation);
            run.note(identity);
            return plan;
        }
    }

    private Plan planRetry(RunDirectory run, Plan before, Planner planner) throws IOException {
        return recordGeneration(run, before, planner.planRetry(ResultFacts.read(spark, run), before));
    }

    private static Plan recordGeneration(RunDirectory run, Plan before, Generation generation) throws IOException {
        if (generation.chunks().isEmpty()) {
            return before;
        }
        run.add(generation);
        return before.with(generation);
    }

    /** Checks that each storage can be reached, once per storage, so that an unreachable one is reported early. */
    private void reachStorages() {
        StorageProbe.reach(ExitCode.USAGE, "--output", settings.output(), context.hadoopConfiguration());
        Set<String> reached = new HashSet<>();
        for (String input : settings.inputs()) {
            StorageFaults.rejectCredentials("--input", input);
            if (reached.add(input.replaceFirst("(?<=[^/:])/.*", ""))) {
                StorageProbe.reach(ExitCode.INPUT, "--input", input, context.hadoopConfiguration());
            }
        }
    }

    /** Scores the remaining chunks of a plan, and returns them. */
    private List<PlannedChunk> score(
            RunDirectory run, Plan plan, Planner planner, ImageSource source, PrecisionCheck precision)
            throws IOException, InterruptedException {
        List<PlannedChunk> left = run.remaining(plan);
        if (!left.isEmpty()) {
            Scorer scorer = new Scorer(preflight.awaitLoaded(precision.begin(plan, planner, source)));
            StructType schema = ResultSchema.schema(classScores().labelsOfAll(model.labels()), modelFingerprint);
            ChunkScorer chunks = new ChunkScorer(spark, run, planner, source, scorer, schema, settings.scoring());
            long toScore = left.stream().mapToLong(PlannedChunk::images).sum();
            meter.watch(plan.images(), toScore, () -> chunks.score(plan, left));
        }
        run.deleteReplaced(plan);
        return left;
    }

    private ClassScores classScores() {
        return ClassScores.of(model.network(), settings.scoring().activation());
    }

    private ScoreFacts scoreFacts(Dataset<Row> results) {
        return ScoreFacts.of(results, settings.scoring().activation());
    }

    private RunDetails details(
            RunReport report, Instant ended, Dataset<Row> results, ScoreFacts scores, Exemplars exemplars) {
        return new RunDetails(
                meter.began(),
                ended,
                ResultFacts.failuresByStatus(results, report.images()),
                scores.classes(),
                scores.bins(),
                exemplars.leastCertain(),
                exemplars.mostCertain(),
                meter.rates());
    }

    private Evaluation evaluation(Dataset<Row> results) {
        return settings.source().hasTruth()
                ? Evaluator.of(
                        results,
                        model.classNames(),
                        settings.scoring().topK(),
                        classScores().kind())
                : Evaluation.none();
    }

    private RunReport report(
            RunDirectory run,
            Plan plan,
            List<PlannedChunk> scored,
            RunIdentity identity,
            Dataset<Row> results,
            ScoreFacts scores)
            throws IOException {
        return new RunReport(
                run.root(),
                ResultFacts.of(results, run.root(), plan, scores.classes()),
                evaluation(results),
                meter.speed(),
                meter.model(modelFingerprint),
                run.precision()
                        .map(PrecisionFindings::stated)
                        .orElseGet(() -> RunReport.Precision.alone(
                                settings.scoring().precision().toString(), false, 0)),
                new RunReport.Plan(
                        plan.images(),
                        plan.bytes(),
                        plan.chunks().size(),
                        plan.chunks().size() - scored.size(),
                        plan.sum(Generation::duplicates),
                        plan.sum(Generation::hidden),
                        plan.sum(Generation::excluded)),
                preflight.facts().stream()
                        .map(fact -> new RunReport.Executor(
                                fact.executor(), fact.host(), fact.device(), fact.engine(), fact.program()))
                        .toList(),
                meter.stages(),
                identity.fingerprint(),
                Map.of("scoring", identity.scoring(), "planning", identity.planning()),
                Map.of(
                        "spark-xception",
                        Version.current(),
                        "spark",
                        spark.version(),
                        "java",
                        Runtime.version().toString()));
    }
}
