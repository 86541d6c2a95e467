package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.UserException;
import org.sparkxception.model.ClassScores;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;

/** A run: its input and output, what identifies it, and its plan, which grows with each planning round. */
final class Run {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    private final RunStart start;
    private final RunDirectory directory;
    private final Planner planner;
    private final boolean isNew;
    private Broadcast<SerializableConfiguration> storage;
    private volatile Plan plan;

    private Run(RunStart start, RunDirectory directory, Plan plan, boolean isNew) {
        this.start = start;
        this.directory = directory;
        this.planner = new Planner(start.spark(), directory, start.settings().chunkLimits());
        this.plan = plan;
        this.isNew = isNew;
    }

    /** A run that is the first of an output, or will replace the existing one. */
    static Run startedIn(RunDirectory directory, RunStart start) {
        return new Run(start, directory, Plan.NONE, true);
    }

    /** A run that an output contains already. */
    static Run foundIn(RunDirectory directory, RunStart start) throws IOException {
        return new Run(start, directory, directory.plan(), false);
    }

    /**
     * Plans the images that no earlier round has planned, in a new run and in an update. Files of an earlier run are deleted only when
     * they can be replaced: there are images, and the model works.
     */
    void planNewImages(Preflight preflight) throws IOException, InterruptedException {
        if (!isNew && settings().mode() != Mode.UPDATE) {
            return;
        }
        try (Listing listing = source().list()) {
            Generation generation = planner.plan(listing, plan, settings().mode());
            if (plan.generations().isEmpty()) {
                if (directory.holdsResults()) {
                    preflight.check(model());
                }
                directory.begin(identity(), generation);
                plan = plan.with(generation);
            } else {
                add(generation);
                directory.note(identity());
            }
        }
    }

    /** Plans to score the images again that have failed. */
    void planRetry() throws IOException {
        add(planner.planRetry(OutputReader.results(spark(), directory, plan.kept()), plan));
    }

    private void add(Generation generation) throws IOException {
        if (!generation.parts().isEmpty()) {
            directory.add(generation);
            plan = plan.with(generation);
        }
    }

    /** Number of input images that are not planned; 0 if the input cannot be listed any more. */
    long unplanned() {
        try (Listing listing = source().list()) {
            return planner.unplanned(listing, plan);
        } catch (UserException e) {
            LOG.info("could not compare the input with the output: {}", e.getMessage());
            return 0;
        }
    }

    /** The chunks whose results are not complete. */
    List<Chunk> remaining() throws IOException {
        return directory.remaining(plan);
    }

    /** Records which parts a chunk has, before it is scored: it has the same in every later run. */
    void start(Chunk chunk) throws IOException {
        directory.start(chunk);
        plan = plan.with(chunk);
    }

    /** Deletes the chunks whose replacements are complete. */
    void deleteReplaced() throws IOException {
        directory.deleteReplaced(plan);
    }

    /** The images of a chunk. */
    List<ImageRef> images(Chunk chunk) {
        return planner.images(plan, chunk);
    }

    /** The images with these paths; one that was planned again is returned in each of its states. */
    List<ImageRef> find(List<String> paths) {
        return planner.find(plan, paths);
    }

    /** Takes samples of a given size from the images that are planned now. */
    IntFunction<List<ImageRef>> sampler() {
        Plan planned = plan;
        return count -> planner.sample(planned, count);
    }

    /**
     * The results, exactly as a reader of the output would see them.
     *
     * @throws UserException (exit code 5) if a reader would see rows that this run did not write
     */
    Dataset<Row> results() throws IOException {
        directory.refuseForeignResults(plan::includes);
        return OutputReader.results(spark(), directory, plan.kept());
    }

    /** What the scores of the classes are. */
    ClassScores classScores() {
        return ClassScores.of(model().network(), settings().scoring().activation());
    }

    Plan plan() {
        return plan;
    }

    RunDirectory directory() {
        return directory;
    }

    RunIdentity identity() {
        return start.identity();
    }

    ImageSource source() {
        return start.source();
    }

    JobSettings settings() {
        return start.settings();
    }

    ModelBundle model() {
        return start.model();
    }

    SparkSession spark() {
        return start.spark();
    }

    /** Hadoop's configuration for tasks: an executor reads it once, and not with each task. */
    synchronized Broadcast<SerializableConfiguration> storage() {
        if (storage == null) {
            storage =
                    context().broadcast(new SerializableConfiguration(context().hadoopConfiguration()));
        }
        return storage;
    }

    JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(spark().sparkContext());
    }
}
