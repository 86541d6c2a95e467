package org.sparkxception.job;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The names of all files in an output: one directory per chunk, and the state of the run under {@code _run}.
 *
 * <pre>
 * chunk=00000/           results of one chunk, and its _SUCCESS once they are complete
 * _run/run.json          the run that the output belongs to, and the ID of that run
 * _run/ID/               files of that run only:
 *   plan-00000.json      the parts of one planning round; exists once that round is complete
 *   plan/00000/          the images of that round
 *   chunks/00000-00007   chunk 0 was started, and has the parts 0 to 7
 *   precision.json       agreement of a precision below float32, and the calibration that the run scores with
 *   decoding/            the images that decoders are working on
 * _run/lock              the process that is writing
 * _run/exit-NAME         the exit code of a driver on a cluster, for the process that submitted it under that name
 * _run/report.json       the report, for programs
 * _run/report.html       the same, for people
 * _SUCCESS               written last, when every chunk is complete
 * </pre>
 */
public final class OutputLayout {
    /** The file that marks a directory of results as complete. */
    static final String SUCCESS = "_SUCCESS";

    private static final String RUN = "_run";
    private static final String STATE = "run.json";
    private static final String LOCK = "lock";
    private static final String EXIT = "exit-";
    private static final String CHUNK = "chunk=";
    private static final Pattern CHUNK_NAME = Pattern.compile(CHUNK + "(\\d{5,9})");

    private static final Pattern STARTED_NAME = Pattern.compile("(\\d{5,9})-(\\d{5,9})");

    /** A chunk that was started: the numbers of its first and its last part. */
    record StartedChunk(int first, int last) {}

    private final Path root;
    private final Path run;
    private final String id;

    /**
     * Names the files of one run.
     *
     * @param id of the run; empty for a run of an earlier version, whose own files are directly under {@code _run}
     */
    OutputLayout(Path root, String id) {
        this.root = root;
        this.run = new Path(root, RUN);
        this.id = id;
    }

    /** The file for the exit code of a submission, in an output. */
    public static Path exitCode(Path root, String submission) {
        return new Path(new Path(root, RUN), EXIT + submission);
    }

    /** The name of a chunk's directory. */
    static String chunkName(int chunk) {
        return CHUNK + "%05d".formatted(chunk);
    }

    /** The number of the chunk whose directory this is; empty if it is anything else. */
    static OptionalInt chunkNumber(FileStatus entry) {
        Matcher name = CHUNK_NAME.matcher(entry.getPath().getName());
        return entry.isDirectory() && name.matches()
                ? OptionalInt.of(Integer.parseInt(name.group(1)))
                : OptionalInt.empty();
    }

    /** Whether this file of a chunk has results. Spark does not read the others. */
    static boolean isResults(FileStatus file) {
        return !file.getPath().getName().startsWith("_")
                && !file.getPath().getName().startsWith(".");
    }

    /** Whether this is the directory with the state of the run. */
    static boolean isRun(FileStatus entry) {
        return entry.getPath().getName().equals(RUN);
    }

    Path root() {
        return root;
    }

    Path run() {
        return run;
    }

    Path success() {
        return new Path(root, SUCCESS);
    }

    Path chunk(int chunk) {
        return new Path(root, chunkName(chunk));
    }

    Path chunkSuccess(int chunk) {
        return new Path(chunk(chunk), SUCCESS);
    }

    Path state() {
        return new Path(run, STATE);
    }

    Path lock() {
        return new Path(run, LOCK);
    }

    Path report() {
        return new Path(run, "report.json");
    }

    Path html() {
        return new Path(run, "report.html");
    }

    Path plan(int generation) {
        return new Path(own(), "plan-%05d.json".formatted(generation));
    }

    Path plannedImages(int generation) {
        return new Path(own(), "plan/%05d".formatted(generation));
    }

    Path startedChunks() {
        return new Path(own(), "chunks");
    }

    Path startedChunk(int firstPart, int lastPart) {
        return new Path(startedChunks(), "%05d-%05d".formatted(firstPart, lastPart));
    }

    /** The chunk that this file says was started; empty if it is another file. */
    static Optional<StartedChunk> startedChunk(FileStatus entry) {
        Matcher name = STARTED_NAME.matcher(entry.getPath().getName());
        return name.matches()
                ? Optional.of(new StartedChunk(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))))
                : Optional.empty();
    }

    Path precision() {
        return new Path(own(), "precision.json");
    }

    /** The directory of notes about the images that decoders are working on, for a chunk or another unit of work. */
    Path decodingNotes(String unit) {
        return new Path(own(), "decoding/" + unit);
    }

    private Path own() {
        return id.isEmpty() ? run : new Path(run, id);
    }

    /**
     * Whether a file under {@code _run} remains when this run replaces another. The lock is in use, and the files with exit codes belong
     * to the process that submitted the run.
     */
    boolean outlivesEarlierRuns(FileStatus entry) {
        return Stream.of(id, STATE, LOCK, EXIT).anyMatch(entry.getPath().getName()::startsWith);
    }
}
