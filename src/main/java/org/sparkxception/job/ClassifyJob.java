package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.UserException;
import org.sparkxception.inference.Scorer;
import org.sparkxception.model.ModelBundle;

/** Classifies a dataset; see {@link #run} for the steps. */
public final class ClassifyJob {
    private final SparkSession spark;
    private final JobSettings settings;
    private final ModelBundle model;
    private final RunMeter meter;
    private final Preflight preflight;

    public ClassifyJob(SparkSession spark, JobSettings settings, ModelBundle model) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.spark = spark;
        this.settings = settings.resolveFor(model);
        this.model = model;
        this.meter = new RunMeter(context, this.settings.scoring());
        this.preflight = new Preflight(context, this.settings.scoring(), meter.statistics());
    }

    /**
     * Runs the job, or resumes it.
     *
     * @throws UserException if the input, the output or the model cannot be used
     */
    public Outcome run() throws IOException, InterruptedException {
        RunStart start = RunStart.open(spark, settings, model);
        if (start.isComplete()) {
            return RunReporter.read(start.completed(), meter, preflight).repeat();
        }
        OutputLock lock = start.found().lock(settings.lock());
        try (lock;
                preflight) {
            lock.whenLost(spark.sparkContext()::cancelAllJobs);
            Run run = start.locked();
            preflight.begin(model);
            run.planNewImages(preflight);
            try (PrecisionCheck precision = new PrecisionCheck(run, preflight)) {
                scoreRemaining(run, precision);
                retryFailed(run, precision);
                precision.finish();
            }
            return RunReporter.read(run, meter, preflight).finish();
        } catch (TaskFailedException e) {
            lock.check();
            throw e.toUserFacing(start.found().root());
        }
    }

    private void scoreRemaining(Run run, PrecisionCheck precision) throws IOException, InterruptedException {
        List<Chunk> chunks = run.remaining();
        if (!chunks.isEmpty()) {
            Scorer scorer = new Scorer(preflight.awaitLoaded(precision.modelForScoring()));
            meter.watch(run.plan(), chunks, () -> new ChunkScorer(run, scorer, meter.statistics()).score(chunks));
        }
        run.deleteReplaced();
    }

    private void retryFailed(Run run, PrecisionCheck precision) throws IOException, InterruptedException {
        if (settings.mode() == Mode.RETRY_FAILED) {
            run.planRetry();
            scoreRemaining(run, precision);
        }
    }
}
