package org.sparkxception.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunReport;

/**
 * The layout of an output: a directory a chunk, and under {@code _run} what a run knows of itself. Whether something is done is
 * only ever read from here.
 *
 * <pre>
 * chunk=00000/    results of one chunk, and its _SUCCESS when they are whole
 * _run/run.json   the identity of the run
 * _run/plan.json  totals of the plan; written when the plan is whole
 * _run/plan/      the plan
 * _run/report.json
 * _SUCCESS        written last, when every chunk is whole
 * </pre>
 */
final class RunDirectory {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SUCCESS = "_SUCCESS";

    private final FileSystem storage;
    private final Path root;
    private final Path run;

    private RunDirectory(FileSystem storage, Path root) {
        this.storage = storage;
        this.root = root;
        this.run = new Path(root, "_run");
    }

    /**
     * Opens the output of a run, new or begun.
     *
     * @throws UserException (exit code 5) if the output belongs to something else; (2) if it cannot be written
     */
    static RunDirectory open(String output, Configuration configuration, RunIdentity identity) {
        try {
            Path path = new Path(output);
            FileSystem storage = path.getFileSystem(configuration);
            RunDirectory directory = new RunDirectory(storage, storage.makeQualified(path));
            directory.claim(identity);
            return directory;
        } catch (IllegalArgumentException | IOException e) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the output " + output + " cannot be used (" + e.getMessage() + "): check --output",
                    e);
        }
    }

    private void claim(RunIdentity identity) throws IOException {
        Optional<RunIdentity> begun = read(new Path(run, "run.json"), RunIdentity.class);
        // Before there is a plan nothing is scored, and the output is still free: an input may have been mistyped.
        if (begun.isPresent() && planTotals().isPresent()) {
            List<String> differences = begun.get().differences(identity);
            if (!differences.isEmpty()) {
                throw new UserException(
                        ExitCode.OTHER_RUN,
                        "the output " + root + " belongs to a run with other settings: "
                                + String.join("; ", differences) + ". Use these settings again, or another --output");
            }
            return;
        }
        if (begun.isEmpty() && !isEmpty()) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    "the output " + root + " holds files, but no run of spark-xception: choose another --output");
        }
        storage.mkdirs(run);
        write(new Path(run, "run.json"), identity);
    }

    private boolean isEmpty() throws IOException {
        try {
            for (FileStatus entry : storage.listStatus(root)) {
                if (!entry.getPath().equals(run)) {
                    return false;
                }
            }
            return true;
        } catch (FileNotFoundException e) {
            return true;
        }
    }

    Optional<PlanTotals> planTotals() throws IOException {
        return read(new Path(run, "plan.json"), PlanTotals.class);
    }

    void finishPlan(PlanTotals totals) throws IOException {
        write(new Path(run, "plan.json"), totals);
    }

    String planDirectory() {
        return new Path(run, "plan").toString();
    }

    /** Where the results are. */
    String root() {
        return root.toString();
    }

    /** The chunks whose results are not whole. */
    List<Integer> chunksLeft(int chunks) throws IOException {
        List<Integer> left = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (!storage.exists(new Path(chunkPath(chunk), SUCCESS))) {
                left.add(chunk);
            }
        }
        return left;
    }

    /** An empty place for the results of a chunk: what an attempt that was broken off left there is deleted. */
    String emptyChunk(int chunk) throws IOException {
        storage.delete(chunkPath(chunk), true);
        return chunkPath(chunk).toString();
    }

    private Path chunkPath(int chunk) {
        return new Path(root, "chunk=%05d".formatted(chunk));
    }

    /** Whether every chunk is whole, and the run has said so. */
    boolean isComplete() throws IOException {
        return storage.exists(new Path(root, SUCCESS));
    }

    void complete() throws IOException {
        storage.create(new Path(root, SUCCESS), true).close();
    }

    String reportPath() {
        return new Path(run, "report.json").toString();
    }

    void writeReport(RunReport report) throws IOException {
        write(new Path(run, "report.json"), report);
    }

    private void write(Path path, Object value) throws IOException {
        try (OutputStream stream = storage.create(path, true)) {
            stream.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
        }
    }

    private <T> Optional<T> read(Path path, Class<T> type) throws IOException {
        try (InputStream stream = storage.open(path)) {
            return Optional.of(JSON.readValue(stream.readAllBytes(), type));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    path + " is damaged (" + e.getOriginalMessage()
                            + "): delete the output, or choose another --output",
                    e);
        }
    }
}
