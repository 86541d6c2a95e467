package org.sparkxception.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunReport;
import org.sparkxception.storage.ExclusiveFile;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;

/**
 * The layout of an output: one directory per chunk, and the state of the run under {@code _run}. This class is the only source of
 * what is done.
 *
 * <pre>
 * chunk=00000/           results of one chunk, and its _SUCCESS once they are complete
 * _run/run.json          the run that the output belongs to, and the ID of that run
 * _run/ID/               files of that run only:
 *   plan-00000.json      the chunks of one planning round; exists once that round is complete
 *   plan/00000/          the images of that round
 *   precision.json       agreement of a precision below float32, and the calibration that the run scores with
 *   decoding/            the images that decoders are working on
 * _run/lock              the process that is writing
 * _run/report.json       the report, for programs
 * _run/report.html       the same, for people
 * _SUCCESS               written last, when every chunk is complete
 * </pre>
 */
final class RunDirectory {
    private static final String SUCCESS = "_SUCCESS";
    private static final String LOCK = "lock";
    private static final String STATE = "run.json";
    private static final String HTML = "report.html";
    private static final Pattern CHUNK = Pattern.compile("chunk=(\\d{5,9})");

    private final FileSystem storage;
    private final WholeFiles files;
    private final Path root;
    private final Path run;
    private final Optional<RunState> state;
    private final String id;

    private RunDirectory(FileSystem storage, Path root, Optional<RunState> state, String id) {
        this.storage = storage;
        this.files = new WholeFiles(storage);
        this.root = root;
        this.run = new Path(root, "_run");
        this.state = state;
        this.id = id;
    }

    /**
     * Opens an output, new or existing.
     *
     * @throws UserException (exit code 2) if it cannot be reached; (5) if it contains other files
     */
    static RunDirectory open(String output, Configuration configuration) {
        try {
            Path path = FileSystems.path(output);
            FileSystem storage = FileSystems.of(path, configuration);
            RunDirectory unread = new RunDirectory(storage, storage.makeQualified(path), Optional.empty(), newId());
            RunDirectory directory = unread.reopened();
            directory.refuseForeign();
            return directory;
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be used: " + StorageFaults.explain(output, e), e);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the output " + output + " cannot be used (" + e.getMessage() + "): check `output`",
                    e);
        }
    }

    /** The same output, in its current state. */
    RunDirectory reopened() throws IOException {
        Optional<RunState> now = files.read(statePath(), RunState.class);
        return new RunDirectory(
                storage,
                root,
                now,
                now.map(there -> there.directory().orElse("")).orElse(id));
    }

    /** The same output, for a run that will replace the existing one: see {@link #begin}. */
    RunDirectory successor() {
        return new RunDirectory(storage, root, state, newId());
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    private void refuseForeign() throws IOException {
        if (state.isPresent()) {
            return;
        }
        for (FileStatus entry : entries(root)) {
            if (!entry.getPath().getName().equals(run.getName())) {
                throw new UserException(
                        ExitCode.OTHER_RUN,
                        "the output " + root + " has files not written by spark-xception: choose another `output`");
            }
        }
    }

    /**
     * Rejects files that a reader of the output would treat as results although this run did not write them.
     *
     * @param mine whether a chunk number belongs to this run
     * @throws UserException (exit code 5) naming the file
     */
    void refuseForeignResults(IntPredicate mine) throws IOException {
        for (FileStatus entry : entries(root)) {
            String name = entry.getPath().getName();
            OptionalInt chunk = chunk(entry);
            if (name.startsWith("_") || name.startsWith(".") || (chunk.isPresent() && mine.test(chunk.getAsInt()))) {
                continue;
            }
            Optional<Path> results = findResults(entry);
            if (results.isPresent()) {
                throw new UserException(
                        ExitCode.OTHER_RUN,
                        "the output contains " + results.get() + ", which this run did not write but readers of the"
                                + " output would treat as results: move it elsewhere, and run the same command again");
            }
        }
    }

    private Optional<Path> findResults(FileStatus entry) throws IOException {
        if (entry.isFile()) {
            return Optional.of(entry.getPath()).filter(path -> path.getName().endsWith(".parquet"));
        }
        RemoteIterator<LocatedFileStatus> all = storage.listFiles(entry.getPath(), true);
        while (all.hasNext()) {
            Path file = all.next().getPath();
            if (file.getName().endsWith(".parquet")) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes the lock of the output.
     *
     * @throws UserException (exit code 7) if another process owns it; (2) if the output cannot be written
     */
    RunLock lock() throws InterruptedException {
        try {
            FileChanges.makeDirectory(storage, run);
            return RunLock.take(new ExclusiveFile(storage, new Path(run, LOCK)), root.toString(), RunLock.Pace.USUAL);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be written: " + StorageFaults.explain(root.toString(), e), e);
        }
    }

    /** The run that the output belongs to. */
    Optional<RunIdentity> identity() {
        return state.map(RunState::identity);
    }

    /**
     * Assigns the output to this run, whose images are planned, and deletes the files of earlier runs. If this is interrupted,
     * {@link #finishClearing} completes it.
     */
    void begin(RunIdentity identity, Generation first) throws IOException {
        files.write(planPath(first.number()), first);
        clearFor(identity);
    }

    /** Deletes the remaining files of an earlier run, if the run that replaced it was interrupted while it deleted them. */
    void finishClearing() throws IOException {
        if (state.filter(RunState::clearing).isPresent()) {
            clearFor(state.get().identity());
        }
    }

    private void clearFor(RunIdentity identity) throws IOException {
        FileChanges.delete(storage, new Path(root, SUCCESS));
        files.write(statePath(), RunState.of(id, true, identity));
        clear();
        files.write(statePath(), RunState.of(id, false, identity));
    }

    private void clear() throws IOException {
        for (FileStatus entry : entries(root)) {
            if (chunk(entry).isPresent()) {
                FileChanges.delete(storage, entry.getPath());
            }
        }
        for (FileStatus entry : entries(run)) {
            String name = entry.getPath().getName();
            // The lock is in use, and the files with exit codes belong to the process that submitted the run.
            if (Stream.of(id, STATE, LOCK, "exit-").noneMatch(name::startsWith)) {
                FileChanges.delete(storage, entry.getPath());
            }
        }
    }

    /** Stores the inputs of an update, if they differ. */
    void note(RunIdentity identity) throws IOException {
        if (!identity().equals(Optional.of(identity))) {
            files.write(statePath(), RunState.of(id.isEmpty() ? null : id, false, identity));
        }
    }

    /** The complete planning rounds. */
    Plan plan() throws IOException {
        List<Generation> generations = new ArrayList<>();
        for (int number = 0; ; number++) {
            Optional<Generation> generation = files.read(planPath(number), Generation.class);
            if (generation.isEmpty()) {
                return new Plan(generations);
            }
            generations.add(generation.get());
        }
    }

    /** Adds a planning round whose images are written: from now on the run is incomplete. */
    void add(Generation generation) throws IOException {
        FileChanges.delete(storage, new Path(root, SUCCESS));
        files.write(planPath(generation.number()), generation);
    }

    /** The findings about the precision, if there are any. */
    Optional<PrecisionFindings> precision() throws IOException {
        return files.read(new Path(own(), "precision.json"), PrecisionFindings.class);
    }

    void write(PrecisionFindings findings) throws IOException {
        files.write(new Path(own(), "precision.json"), findings);
    }

    /** The directory of files that belong to this run only. */
    private Path own() {
        return id.isEmpty() ? run : new Path(run, id);
    }

    private Path statePath() {
        return new Path(run, STATE);
    }

    private Path planPath(int generation) {
        return new Path(own(), "plan-%05d.json".formatted(generation));
    }

    String planDirectory(int generation) {
        return new Path(own(), "plan/%05d".formatted(generation)).toString();
    }

    /** The directory of the results, as a URI. */
    String root() {
        return root.toString();
    }

    /** The chunks whose results are not complete. */
    List<PlannedChunk> remaining(Plan plan) throws IOException {
        List<PlannedChunk> left = new ArrayList<>();
        for (PlannedChunk chunk : plan.chunks()) {
            if (!isCommitted(chunk.number())) {
                left.add(chunk);
            }
        }
        return left;
    }

    /** On an object store, an empty marker was written by a committer that is not safe there. */
    private boolean isCommitted(int chunk) throws IOException {
        try {
            FileStatus marker = storage.getFileStatus(new Path(chunkPath(chunk), SUCCESS));
            return marker.getLen() > 0 || !files.isObjectStore();
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    /** The directory of notes about the images that decoders are working on, for a chunk or another unit of work. */
    String decodingNotes(String what) {
        return new Path(own(), "decoding/" + what).toString();
    }

    /** Whether any chunk is complete, of whichever run. */
    boolean holdsResults() throws IOException {
        for (FileStatus entry : entries(root)) {
            OptionalInt chunk = chunk(entry);
            if (chunk.isPresent() && isCommitted(chunk.getAsInt())) {
                return true;
            }
        }
        return false;
    }

    String chunkDirectory(int chunk) {
        return chunkPath(chunk).toString();
    }

    /** The existing chunk directories: everything that a reader would read. */
    List<String> chunkDirectories() throws IOException {
        return entries(root).stream()
                .filter(entry -> chunk(entry).isPresent())
                .map(entry -> entry.getPath().toString())
                .toList();
    }

    /** Deletes the chunks whose replacements are complete. */
    void deleteReplaced(Plan plan) throws IOException {
        for (PlannedChunk chunk : plan.chunks()) {
            if (chunk.isReplacement() && isCommitted(chunk.number())) {
                FileChanges.delete(storage, chunkPath(chunk.replaces()));
            }
        }
    }

    private Path chunkPath(int chunk) {
        return new Path(root, "chunk=%05d".formatted(chunk));
    }

    private static OptionalInt chunk(FileStatus entry) {
        Matcher name = CHUNK.matcher(entry.getPath().getName());
        return entry.isDirectory() && name.matches()
                ? OptionalInt.of(Integer.parseInt(name.group(1)))
                : OptionalInt.empty();
    }

    /** Whether the run has marked its output as complete. */
    boolean isComplete() throws IOException {
        return storage.exists(new Path(root, SUCCESS));
    }

    void complete() throws IOException {
        FileChanges.write(storage, new Path(root, SUCCESS), new byte[0]);
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

    /** The path of the HTML report, if there is one: earlier versions did not write it. */
    Optional<String> htmlPath() throws IOException {
        Path path = new Path(run, HTML);
        return storage.exists(path) ? Optional.of(path.toString()) : Optional.empty();
    }

    void writeReport(RunReport report, String html) throws IOException {
        files.write(new Path(run, "report.json"), report);
        files.write(new Path(run, HTML), html.getBytes(StandardCharsets.UTF_8));
    }
}
