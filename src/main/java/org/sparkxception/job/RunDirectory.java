package org.sparkxception.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunReport;
import org.sparkxception.storage.ExclusiveFile;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;

/** The state of an output: what was started, committed and completed, by which run. This class is the only source of what is done. */
final class RunDirectory {
    private final FileSystem storage;
    private final WholeFiles files;
    private final OutputLayout layout;
    private final Optional<RunState> state;
    private final String id;

    private RunDirectory(FileSystem storage, Path root, Optional<RunState> state, String id) {
        this.storage = storage;
        this.files = new WholeFiles(storage);
        this.layout = new OutputLayout(root, id);
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
            if (directory.state.isEmpty()) {
                ForeignFiles.refuseAny(directory.layout.root(), directory.entries(directory.layout.root()));
            }
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
        Optional<RunState> now = files.read(layout.state(), RunState.class);
        return new RunDirectory(
                storage,
                layout.root(),
                now,
                now.map(there -> there.directory().orElse("")).orElse(id));
    }

    /** The same output, for a run that will replace the existing one: see {@link #begin}. */
    RunDirectory successor() {
        return new RunDirectory(storage, layout.root(), state, newId());
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    /**
     * Rejects files that a reader of the output would treat as results although this run did not write them.
     *
     * @param mine whether a chunk number belongs to this run
     * @throws UserException (exit code 5) naming the file
     */
    void refuseForeignResults(IntPredicate mine) throws IOException {
        ForeignFiles.refuseResults(storage, entries(layout.root()), mine);
    }

    /**
     * Takes the lock of the output.
     *
     * @throws UserException (exit code 7) if another process owns it; (2) if the output cannot be written, or not be locked
     */
    OutputLock lock(Lock kind) throws InterruptedException {
        try {
            ExclusiveFile file = new ExclusiveFile(storage, layout.lock());
            if (kind == Lock.FILE && !file.isSupported()) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the output " + root() + " cannot be locked: its filesystem, "
                                + storage.getClass().getName()
                                + " of Hadoop " + VersionInfo.getVersion()
                                + ", cannot create a file only if it does not exist (S3A can since Hadoop 3.4.2)."
                                + " If two runs for one output are never started at the same time, set `lock` to none");
            }
            FileChanges.makeDirectory(storage, layout.run());
            return kind == Lock.NONE ? OutputLock.NONE : RunLock.take(file, root(), RunLock.Pace.USUAL);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be written: " + StorageFaults.explain(root(), e), e);
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
        files.write(layout.plan(first.number()), first);
        clearFor(identity);
    }

    /** Deletes the remaining files of an earlier run, if the run that replaced it was interrupted while it deleted them. */
    void finishClearing() throws IOException {
        if (state.filter(RunState::clearing).isPresent()) {
            clearFor(state.get().identity());
        }
    }

    private void clearFor(RunIdentity identity) throws IOException {
        FileChanges.delete(storage, layout.success());
        files.write(layout.state(), RunState.of(id, true, identity));
        clear();
        files.write(layout.state(), RunState.of(id, false, identity));
    }

    private void clear() throws IOException {
        for (FileStatus entry : entries(layout.root())) {
            if (OutputLayout.chunkNumber(entry).isPresent()) {
                FileChanges.delete(storage, entry.getPath());
            }
        }
        for (FileStatus entry : entries(layout.run())) {
            if (!layout.outlivesEarlierRuns(entry)) {
                FileChanges.delete(storage, entry.getPath());
            }
        }
    }

    /** Stores the inputs of an update, if they differ. */
    void note(RunIdentity identity) throws IOException {
        if (!identity().equals(Optional.of(identity))) {
            files.write(layout.state(), RunState.of(id.isEmpty() ? null : id, false, identity));
        }
    }

    /** The complete planning rounds, and the chunks that were started. */
    Plan plan() throws IOException {
        List<Generation> generations = new ArrayList<>();
        for (int number = 0; ; number++) {
            Optional<Generation> generation = files.read(layout.plan(number), Generation.class);
            if (generation.isEmpty()) {
                return new Plan(generations, startedChunks());
            }
            generations.add(generation.get());
        }
    }

    /** The number of the last part of each chunk that was started, by the number of its first. */
    private Map<Integer, Integer> startedChunks() throws IOException {
        Map<Integer, Integer> started = new HashMap<>();
        for (FileStatus entry : entries(layout.startedChunks())) {
            OutputLayout.startedChunk(entry).ifPresent(chunk -> started.put(chunk.first(), chunk.last()));
        }
        return started;
    }

    /** Records which parts a chunk has. */
    void start(Chunk chunk) throws IOException {
        FileChanges.write(
                storage, layout.startedChunk(chunk.number(), chunk.last().number()), new byte[0]);
    }

    /** Adds a planning round whose images are written: from now on the run is incomplete. */
    void add(Generation generation) throws IOException {
        FileChanges.delete(storage, layout.success());
        files.write(layout.plan(generation.number()), generation);
    }

    /** The findings about the precision, if there are any. */
    Optional<PrecisionFindings> precision() throws IOException {
        return files.read(layout.precision(), PrecisionFindings.class);
    }

    void write(PrecisionFindings findings) throws IOException {
        files.write(layout.precision(), findings);
    }

    /** The directory of the images of a planning round. */
    String planDirectory(int generation) {
        return layout.plannedImages(generation).toString();
    }

    /** The directory of the results, as a URI. */
    String root() {
        return layout.root().toString();
    }

    /** The chunks whose results are not complete. */
    List<Chunk> remaining(Plan plan) throws IOException {
        Set<Integer> existing = existingChunks();
        List<Chunk> left = new ArrayList<>();
        for (Chunk chunk : plan.chunks()) {
            if (!existing.contains(chunk.number()) || !isCommitted(chunk.number())) {
                left.add(chunk);
            }
        }
        return left;
    }

    /** Through S3A, an empty marker was written by a committer that is not safe there. */
    private boolean isCommitted(int chunk) throws IOException {
        try {
            FileStatus marker = storage.getFileStatus(layout.chunkSuccess(chunk));
            return marker.getLen() > 0 || !FileSystems.isS3A(storage);
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    /** The directory of notes about the images that decoders are working on, for a chunk or another unit of work. */
    String decodingNotes(String unit) {
        return layout.decodingNotes(unit).toString();
    }

    /** Whether any chunk is complete, of whichever run. */
    boolean holdsResults() throws IOException {
        for (int chunk : existingChunks()) {
            if (isCommitted(chunk)) {
                return true;
            }
        }
        return false;
    }

    /** The numbers of the chunks that have a directory, complete or not. */
    private Set<Integer> existingChunks() throws IOException {
        Set<Integer> existing = new HashSet<>();
        for (FileStatus entry : entries(layout.root())) {
            OutputLayout.chunkNumber(entry).ifPresent(existing::add);
        }
        return existing;
    }

    String chunkDirectory(int chunk) {
        return layout.chunk(chunk).toString();
    }

    /** The existing chunk directories: everything that a reader would read. */
    List<String> chunkDirectories() throws IOException {
        return entries(layout.root()).stream()
                .filter(entry -> OutputLayout.chunkNumber(entry).isPresent())
                .map(entry -> entry.getPath().toString())
                .toList();
    }

    /** The files in the chunk directories that a reader would read. */
    ResultFiles resultFiles() throws IOException {
        long count = 0;
        long bytes = 0;
        for (String chunk : chunkDirectories()) {
            for (FileStatus file : entries(new Path(chunk))) {
                if (OutputLayout.isResults(file)) {
                    count++;
                    bytes += file.getLen();
                }
            }
        }
        return new ResultFiles(count, bytes);
    }

    /** Deletes the chunks whose replacements are complete. */
    void deleteReplaced(Plan plan) throws IOException {
        for (Chunk chunk : plan.chunks()) {
            if (chunk.isReplacement() && isCommitted(chunk.number())) {
                FileChanges.delete(storage, layout.chunk(chunk.replaces()));
            }
        }
    }

    /** Whether the run has marked its output as complete. */
    boolean isComplete() throws IOException {
        return storage.exists(layout.success());
    }

    void complete() throws IOException {
        FileChanges.write(storage, layout.success(), new byte[0]);
    }

    private List<FileStatus> entries(Path directory) throws IOException {
        try {
            return List.of(storage.listStatus(directory));
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    String reportPath() {
        return layout.report().toString();
    }

    /** The path of the HTML report, if there is one: earlier versions did not write it. */
    Optional<String> htmlPath() throws IOException {
        Path path = layout.html();
        return storage.exists(path) ? Optional.of(path.toString()) : Optional.empty();
    }

    void writeReport(RunReport report, String html) throws IOException {
        files.write(layout.report(), report);
        files.write(layout.html(), html.getBytes(StandardCharsets.UTF_8));
    }
}
