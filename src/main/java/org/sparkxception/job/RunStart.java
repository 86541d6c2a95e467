package org.sparkxception.job;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.storage.CommitterCheck;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.StorageProbe;

/**
 * The start of a run: its input and output are checked and opened, and nothing is written yet.
 *
 * @param found the output as it was found, when other processes could still write to it
 */
record RunStart(
        SparkSession spark,
        JobSettings settings,
        ModelBundle model,
        RunIdentity identity,
        RunDirectory found,
        ImageSource source) {

    /**
     * Opens input and output.
     *
     * @throws UserException (exit code 2, 3 or 5) if one of them cannot be used, or not with the other
     */
    static RunStart open(SparkSession spark, JobSettings settings, ModelBundle model) throws IOException {
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        List<String> inputs = settings.inputs().stream()
                .map(input -> FilesSource.qualified(input, configuration).toString())
                .toList();
        Path output = FilesSource.qualified(settings.output(), configuration);
        reachStorages(settings, configuration);
        Overlap.refuse(inputs, output, configuration);
        RunIdentity identity = RunIdentity.of(settings, inputs, model.fingerprint());
        RunDirectory found = RunDirectory.open(settings.output(), configuration);
        Path root = new Path(found.root());
        CommitterCheck.check(
                FileSystems.of(root, configuration),
                root,
                spark.conf().get(CommitterCheck.PROTOCOL_SETTING),
                configuration);
        ImageSource source =
                settings.source().open(spark, inputs, settings.scoring().maxBytes());
        return new RunStart(spark, settings, model, identity, found, source);
    }

    /** Checks that each storage can be reached, once per storage, so that an unreachable one is reported early. */
    private static void reachStorages(JobSettings settings, Configuration configuration) {
        StorageProbe.reach(ExitCode.USAGE, "output", settings.output(), configuration);
        Set<String> reached = new HashSet<>();
        for (String input : settings.inputs()) {
            StorageFaults.rejectCredentials("input", input);
            if (reached.add(input.replaceFirst("(?<=[^/:])/.*", ""))) {
                StorageProbe.reach(ExitCode.INPUT, "input", input, configuration);
            }
        }
    }

    /** Whether an earlier run has done everything, so that no lock is needed. */
    boolean isComplete() throws IOException {
        return settings.mode() == Mode.RESUME && found.isComplete();
    }

    /**
     * The run that has completed the output.
     *
     * @throws UserException (exit code 5) if it is another run
     */
    Run completed() throws IOException {
        Run run = Run.foundIn(found, this);
        identity.requireSame(found.identity().orElse(identity), settings.mode(), found.root());
        return run;
    }

    /**
     * The run in an output whose lock this process has: the one that was started there, or a new one.
     *
     * @throws UserException (exit code 5) if another run or something else has written to the output
     */
    Run locked() throws IOException {
        RunDirectory directory = found.reopened();
        directory.finishClearing();
        if (startsOver(directory)) {
            directory.refuseForeignResults(chunk -> true);
            return Run.startedIn(directory.successor(), this);
        }
        Run run = Run.foundIn(directory, this);
        directory.refuseForeignResults(run.plan()::includes);
        return run;
    }

    /** An output belongs to a run once it has results: before that, a run with other inputs or another model can replace it. */
    private boolean startsOver(RunDirectory directory) throws IOException {
        if (settings.mode() == Mode.OVERWRITE || directory.identity().isEmpty()) {
            return true;
        }
        if (directory.holdsResults()) {
            identity.requireSame(directory.identity().get(), settings.mode(), directory.root());
            return false;
        }
        return directory.plan().generations().isEmpty()
                || !identity.fits(directory.identity().get(), settings.mode());
    }
}
