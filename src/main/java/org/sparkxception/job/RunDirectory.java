package org.sparkxception.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
import org.sparkxception.storage.ExclusiveFile;
import org.sparkxception.storage.StorageFaults;

/**
 * The layout of an output: a directory a chunk, and under {@code _run} what a run knows of itself. Whether something is done is
 * only ever read from here.
 *
 * <pre>
 * chunk=00000/           results of one chunk, and its _SUCCESS when they are whole
 * _run/run.json          the identity of the run
 * _run/plan-00000.json   the chunks of one round of planning; there when that round is whole
 * _run/plan/00000/       the images of that round
 * _run/precision.json    what a precision below float32 does, and the calibration that the run scores with
 * _run/lock              who is writing
 * _run/report.json       what came of it, for programs
 * _run/report.html       the same, for people
 * _SUCCESS               written last, when every chunk is whole
 * </pre>
 */
final class RunDirectory {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SUCCESS = "_SUCCESS";
    private static final String LOCK = "lock";
    private static final String HTML = "report.html";

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
     * @throws UserException (exit code 2) if it cannot be reached; (5) if it holds something else
     */
    static RunDirectory open(String output, Configuration configuration) {
        try {
            Path path = new Path(output);
            FileSystem storage = path.getFileSystem(configuration);
            RunDirectory directory = new RunDirectory(storage, storage.makeQualified(path));
            directory.refuseForeign();
            return directory;
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be used: " + StorageFaults.explain(output, e), e);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the output " + output + " cannot be used (" + e.getMessage() + "): check --output",
                    e);
        }
    }

    private void refuseForeign() throws IOException {
        if (identity().isPresent()) {
            return;
        }
        for (FileStatus entry : entries(root)) {
            if (!entry.getPath().getName().equals(run.getName())) {
                throw new UserException(
                        ExitCode.OTHER_RUN,
                        "the output " + root + " holds files, but no run of spark-xception: choose another --output");
            }
        }
    }

    /**
     * Takes the lock of the output.
     *
     * @throws UserException (exit code 7) if another process holds it; (2) if the output cannot be written
     */
    RunLock lock() {
        try {
            storage.mkdirs(run);
            return RunLock.take(new ExclusiveFile(storage, new Path(run, LOCK)), root.toString());
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be written: " + StorageFaults.explain(root.toString(), e), e);
        }
    }

    /** The run that the output belongs to. */
    Optional<RunIdentity> identity() throws IOException {
        return read(new Path(run, "run.json"), RunIdentity.class);
    }

    void claim(RunIdentity identity) throws IOException {
        write(new Path(run, "run.json"), identity);
    }

    /** The rounds of planning that are whole. */
    Plan plan() throws IOException {
        List<Generation> generations = new ArrayList<>();
        for (int number = 0; ; number++) {
            Optional<Generation> generation = read(planPath(number), Generation.class);
            if (generation.isEmpty()) {
                return new Plan(generations);
            }
            generations.add(generation.get());
        }
    }

    /** Adds a round of planning, whose images are written: from now on the run is incomplete. */
    void add(Generation generation) throws IOException {
        storage.delete(new Path(root, SUCCESS), false);
        write(planPath(generation.number()), generation);
    }

    /** What was found out about the precision, if it was. */
    Optional<PrecisionFindings> precision() throws IOException {
        return read(new Path(run, "precision.json"), PrecisionFindings.class);
    }

    void write(PrecisionFindings findings) throws IOException {
        write(new Path(run, "precision.json"), findings);
    }

    private Path planPath(int generation) {
        return new Path(run, "plan-%05d.json".formatted(generation));
    }

    String planDirectory(int generation) {
        return new Path(run, "plan/%05d".formatted(generation)).toString();
    }

    /** Where the results are. */
    String root() {
        return root.toString();
    }

    /** The chunks whose results are not whole. */
    List<PlannedChunk> left(Plan plan) throws IOException {
        List<PlannedChunk> left = new ArrayList<>();
        for (PlannedChunk chunk : plan.chunks()) {
            if (!isWhole(chunk.number())) {
                left.add(chunk);
            }
        }
        return left;
    }

    /** On an object store an empty marker is the work of a committer that is not safe there. */
    private boolean isWhole(int chunk) throws IOException {
        try {
            FileStatus marker = storage.getFileStatus(new Path(chunkPath(chunk), SUCCESS));
            return marker.getLen() > 0 || !isObjectStore();
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    /** Whether an attempt at a chunk was broken off. */
    boolean wasBegun(PlannedChunk chunk) throws IOException {
        return storage.exists(chunkPath(chunk.number()));
    }

    String chunkDirectory(int chunk) {
        return chunkPath(chunk).toString();
    }

    /** Deletes the chunks whose place is taken by others that are whole. */
    void deleteReplaced(Plan plan) throws IOException {
        for (PlannedChunk chunk : plan.chunks()) {
            if (chunk.isReplacement() && isWhole(chunk.number())) {
                storage.delete(chunkPath(chunk.replaces()), true);
            }
        }
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

    /** Deletes what is there, the plan last of all: what remains of a deletion that is broken off is still known as a run's. */
    void clear() throws IOException {
        storage.delete(new Path(root, SUCCESS), false);
        for (FileStatus entry : entries(root)) {
            if (!entry.getPath().getName().equals(run.getName())) {
                storage.delete(entry.getPath(), true);
            }
        }
        for (FileStatus entry : entries(run)) {
            if (!entry.getPath().getName().startsWith(LOCK)) {
                storage.delete(entry.getPath(), true);
            }
        }
    }

    private List<FileStatus> entries(Path directory) throws IOException {
        try {
            return List.of(storage.listStatus(directory));
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    String reportPath() {
        return new Path(run, "report.json").toString();
    }

    /** Where the report for people is, if there is one: runs of earlier versions wrote none. */
    Optional<String> htmlPath() throws IOException {
        Path path = new Path(run, HTML);
        return storage.exists(path) ? Optional.of(path.toString()) : Optional.empty();
    }

    void writeReport(RunReport report, String html) throws IOException {
        write(new Path(run, "report.json"), report);
        writeWhole(new Path(run, HTML), html.getBytes(StandardCharsets.UTF_8));
    }

    private void write(Path path, Object value) throws IOException {
        writeWhole(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
    }

    /**
     * Writes a file so that it is there whole or not at all: object stores do so by themselves, elsewhere it is renamed. Between
     * deleting the old and renaming the new one, only the new one is there, under its other name.
     */
    private void writeWhole(Path path, byte[] content) throws IOException {
        if (isObjectStore()) {
            create(path, content);
            return;
        }
        create(unfinished(path), content);
        storage.delete(path, false);
        if (!storage.rename(unfinished(path), path)) {
            throw new IOException(unfinished(path) + " cannot be renamed to " + path.getName());
        }
    }

    private void create(Path path, byte[] content) throws IOException {
        try (OutputStream stream = storage.create(path, true)) {
            stream.write(content);
        }
    }

    private boolean isObjectStore() {
        return "s3a".equals(storage.getUri().getScheme());
    }

    private static Path unfinished(Path path) {
        return path.suffix(".new");
    }

    private <T> Optional<T> read(Path path, Class<T> type) throws IOException {
        try {
            return Optional.of(parse(path, type));
        } catch (FileNotFoundException e) {
            return readUnfinished(unfinished(path), type);
        } catch (JsonProcessingException e) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    path + " is damaged (" + e.getOriginalMessage()
                            + "): delete the output, or choose another --output",
                    e);
        }
    }

    private <T> Optional<T> readUnfinished(Path path, Class<T> type) throws IOException {
        try {
            return Optional.of(parse(path, type));
        } catch (FileNotFoundException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private <T> T parse(Path path, Class<T> type) throws IOException {
        try (InputStream stream = storage.open(path)) {
            return JSON.readValue(stream.readAllBytes(), type);
        }
    }
}
