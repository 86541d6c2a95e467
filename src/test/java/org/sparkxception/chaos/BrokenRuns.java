package org.sparkxception.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.job.Mode;
import org.sparkxception.storage.TestStorage;

/**
 * Runs on a complete output that are broken off at one of their operations on it: overwrite, update and retry-failed, at the first
 * operation, the second, and so on to the last. Then a reader looks at it, and a run without faults has to complete it.
 */
final class BrokenRuns implements AutoCloseable {
    private static final int IMAGES = 6;
    private static final int MORE_RUNS = 3;

    /** What the run that follows is asked for. */
    enum Next {
        /** The same command again. */
        SAME("the same"),
        /** The same settings with the default mode. */
        RESUME("resume");

        private final String words;

        Next(String words) {
            this.words = words;
        }
    }

    /** A kind of accident. */
    record Attack(Mode mode, Faults.Kind kind, Next next) {
        @Override
        public String toString() {
            return "%s, operation n %s, then %s".formatted(mode, kind, next.words);
        }
    }

    private final SparkSession spark;
    private final TestStorage server;
    private final FileSystem storage;
    private final Consumer<String> log;
    private final java.nio.file.Path images;
    private final JobRun job;
    private final Path template;
    private final RowCounts before;
    private final Map<Mode, RowCounts> after = new EnumMap<>(Mode.class);
    private final Map<String, String> input;

    /**
     * Makes a complete output, and changes its input.
     *
     * @param log is told of everything that is not as it should be
     */
    BrokenRuns(SparkSession spark, TestStorage server, java.nio.file.Path folder, Consumer<String> log)
            throws Exception {
        this.spark = spark;
        this.server = server;
        this.storage = server.fileSystem();
        this.log = log;
        this.images = Files.createDirectories(folder.resolve("images"));
        this.job = new JobRun(spark, images);
        for (int i = 0; i < IMAGES; i++) {
            // One of each chunk cannot be decoded.
            put("%d.png".formatted(i), i % JobRun.IMAGES_A_CHUNK == 1 ? new byte[0] : good());
        }
        this.template = new Path(server.fresh("first"), "scores");
        require(job.run(Mode.RESUME, JobRun.OLD, template), "the first run");
        this.before = RowCounts.of(spark, storage, template);
        put("1.png", good());
        put("6.png", good());
        put("7.png", good());
        this.input = files(images);
    }

    private static byte[] good() throws IOException {
        try (InputStream stream = BrokenRuns.class.getResourceAsStream("/org/sparkxception/images/rgb.png")) {
            return stream.readAllBytes();
        }
    }

    private void put(String name, byte[] content) throws IOException {
        java.nio.file.Path file = Files.write(images.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_700_000_000 + content.length)));
    }

    /** Attacks each n-th operation that is a multiple of the stride, from the given one on, until a run has fewer. */
    BrokenTally attack(Attack attack, int first, int stride) throws Exception {
        RowCounts expected = after(attack.mode());
        BrokenTally tally = new BrokenTally(attack);
        for (int n = first; ; n += stride) {
            if (!breakOff(attack, n, expected, tally)) {
                return tally;
            }
        }
    }

    /** Attacks some operations of those that a run has which is not broken off. */
    BrokenTally attack(Attack attack, Predicate<String> which, int stride) throws Exception {
        List<String> names = operations(attack);
        int[] chosen = IntStream.range(0, names.size())
                .filter(i -> which.test(names.get(i)))
                .toArray();
        RowCounts expected = after(attack.mode());
        BrokenTally tally = new BrokenTally(attack);
        for (int i = 0; i < chosen.length; i += stride) {
            breakOff(attack, 1 + chosen[i], expected, tally);
        }
        return tally;
    }

    private List<String> operations(Attack attack) throws Exception {
        Path output = copy();
        Faults counted = Faults.count(attack.kind(), output);
        require(job.run(attack.mode(), top(attack.mode()), output), "the run that is counted");
        Faults.end();
        return counted.names();
    }

    /** What a run that is not broken off makes. */
    private RowCounts after(Mode mode) throws Exception {
        if (!after.containsKey(mode)) {
            Path output = copy();
            require(job.run(mode, top(mode), output), mode + " that is not broken off");
            after.put(mode, RowCounts.of(spark, storage, output));
        }
        return after.get(mode);
    }

    private static int top(Mode mode) {
        return mode == Mode.OVERWRITE ? JobRun.NEW : JobRun.OLD;
    }

    private boolean breakOff(Attack attack, int n, RowCounts expected, BrokenTally tally) throws Exception {
        Path output = copy();
        Map<String, String> foreign = foreign(output);
        Faults faults = Faults.begin(attack.kind(), n, output);
        JobRun.Ended broken = job.run(attack.mode(), top(attack.mode()), output);
        Faults.end();
        String where = "%s: operation %d (%s): ".formatted(attack, n, faults.met());
        JobRun.killed(storage, output);
        RowCounts seen = RowCounts.of(spark, storage, output);
        boolean complete = storage.exists(new Path(output, "_SUCCESS"));
        if (broken.code() == 0) {
            tally.survived(complete && seen.equals(expected), where + "it ends with 0, and its output is wrong", log);
        }
        if (complete) {
            tally.read(seen, before, expected, where + "a reader finds _SUCCESS and wrong rows", log);
        }
        if (faults.met().isEmpty()) {
            storage.delete(output.getParent(), true);
            return false;
        }
        finish(attack, output, expected, tally, where);
        tally.foreign(touched(foreign, foreign(output)), where + "foreign files were touched: ", log);
        tally.foreign(touched(input, files(images)), where + "the input was touched: ", log);
        storage.delete(output.getParent(), true);
        return true;
    }

    private void finish(Attack attack, Path output, RowCounts expected, BrokenTally tally, String where)
            throws Exception {
        int top = top(attack.mode());
        if (attack.next() == Next.RESUME) {
            JobRun.Ended resumed = job.run(Mode.RESUME, top, output);
            if (resumed.code() == 0) {
                RowCounts rows = RowCounts.of(spark, storage, output);
                boolean untouched = attack.mode() != Mode.OVERWRITE && rows.equals(before);
                tally.count(rows, untouched ? before : expected, where + "after resume ", log);
                return;
            }
            if (resumed.code() != 5) {
                log.accept(where + "resume ended with " + resumed);
            }
        }
        for (int run = 1; run <= MORE_RUNS; run++) {
            JobRun.Ended ended = job.run(attack.mode(), top, output);
            if (ended.code() == 0) {
                tally.count(RowCounts.of(spark, storage, output), expected, where, log);
                return;
            }
            tally.refused(where + "the next run ended with " + ended, log);
        }
        tally.count(RowCounts.of(spark, storage, output), expected, where + "never completed ", log);
    }

    /** A complete output, with files of others where they may lie. */
    private Path copy() throws IOException {
        Path output = new Path(server.fresh("case"), "scores");
        copy(template, output);
        write(new Path(output.getParent(), "beside.txt"));
        write(new Path(output.getParent(), "scores-2/chunk=00000/part-0.parquet"));
        write(new Path(output, "notes.txt"));
        write(new Path(output, "other/data.csv"));
        return output;
    }

    /** Most of the time is waiting for the storage. */
    private void copy(Path from, Path to) throws IOException {
        storage.mkdirs(to);
        try {
            Stream.of(storage.listStatus(from)).parallel().forEach(entry -> {
                Path copied = new Path(to, entry.getPath().getName());
                try {
                    if (entry.isDirectory()) {
                        copy(entry.getPath(), copied);
                    } else {
                        FileUtil.copy(storage, entry.getPath(), storage, copied, false, storage.getConf());
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write(Path path) throws IOException {
        try (var stream = storage.create(path)) {
            stream.write(("irreplaceable " + path.getName()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private Map<String, String> foreign(Path output) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String name : List.of(
                "beside.txt", "scores-2/chunk=00000/part-0.parquet", "scores/notes.txt", "scores/other/data.csv")) {
            Path path = new Path(output.getParent(), name);
            if (storage.exists(path)) {
                try (InputStream stream = storage.open(path)) {
                    digests.put(name, DigestUtils.sha256Hex(stream));
                }
            }
        }
        return digests;
    }

    private static Map<String, String> files(java.nio.file.Path folder) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
            for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
                digests.put(file.toString(), DigestUtils.sha256Hex(Files.readAllBytes(file)));
            }
        }
        return digests;
    }

    private static List<String> touched(Map<String, String> before, Map<String, String> now) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        List<String> touched = new ArrayList<>(names);
        touched.removeIf(name -> before.containsKey(name) && before.get(name).equals(now.get(name)));
        return touched;
    }

    private static void require(JobRun.Ended ended, String what) {
        if (ended.code() != 0) {
            throw new IllegalStateException(what + " ended with " + ended);
        }
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
