package org.sparkxception.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkxception.Launched;
import org.sparkxception.TestSpark;
import org.sparkxception.cluster.SparkCluster;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.storage.TestStorage;

/**
 * Accidents on one storage: drivers and executors are killed, tasks run twice. After each the same command is run again, and every
 * planned image has to be there once, in chunks that are whole, with those untouched that were whole before.
 */
final class ChaosSuite implements AutoCloseable {
    /** How many images are scored, and how many make a chunk. */
    private static final int IMAGES = 60;

    private static final int CHUNK = 12;

    /** Kills that one output lives through before it is finished. */
    private static final int KILLS_AN_OUTPUT = 4;

    private final String name;
    private final TestStorage server;
    private final FileSystem storage;
    private final java.nio.file.Path folder;
    private final Consumer<String> log;
    private final Random random = new Random(7);
    private final Path images;
    private final String agent;

    /** What an accident came to, over all its runs. */
    record Tally(String storage, String accident, int accidents, int outputs, long planned, long lost, long twice) {
        static final String HEAD =
                "| storage | accident | times | outputs | images planned | lost | twice |%n| --- | --- | ---: | ---: | ---: | ---: | ---: |%n"
                        .formatted();

        @Override
        public String toString() {
            return "| %s | %s | %d | %d | %d | %d | %d |"
                    .formatted(storage, accident, accidents, outputs, planned, lost, twice);
        }
    }

    ChaosSuite(String name, TestStorage server, java.nio.file.Path folder, Consumer<String> log) throws Exception {
        this.name = name;
        this.server = server;
        this.folder = Files.createDirectories(folder);
        this.log = log;
        this.storage = server.fileSystem();
        this.agent = ChaosAgent.options(folder);
        this.images = server.fresh("images");
        copySamples();
    }

    private void copySamples() throws IOException {
        java.nio.file.Path local = Files.createDirectories(folder.resolve("images"));
        try (Stream<java.nio.file.Path> files = Files.walk(java.nio.file.Path.of("sample-data/images"))) {
            for (java.nio.file.Path file : files.filter(Files::isRegularFile)
                    .filter(ChaosSuite::isGood)
                    .sorted()
                    .limit(IMAGES)
                    .toList()) {
                Files.copy(file, local.resolve(file.getParent().getFileName() + "-" + file.getFileName()));
            }
        }
        storage.mkdirs(images.getParent());
        FileUtil.copy(local.toFile(), storage, images, false, server.configuration());
    }

    /** The samples hold broken files too. */
    private static boolean isGood(java.nio.file.Path file) {
        try (DecodedImage image = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS).decode(Files.readAllBytes(file))) {
            return image.size().pixels() > 0;
        } catch (ImageFault | IOException e) {
            return false;
        }
    }

    /** Drivers are killed at random moments. */
    Tally driverKills(int kills) throws Exception {
        return kills(
                "driver killed", kills, List.of("--master", "local[2]"), Map.of("JAVA_TOOL_OPTIONS", agent), run -> {
                    // From the first listing to the end of a run.
                    if (!run.process().waitFor(3000 + random.nextInt(4000), TimeUnit.MILLISECONDS)) {
                        run.process().destroyForcibly();
                    }
                });
    }

    /** Drivers die while they commit a chunk. */
    Tally commitKills(int kills) throws Exception {
        List<String> arguments = List.of(
                "--master",
                "local[2]",
                "--spark-conf",
                "spark.sql.sources.commitProtocolClass=" + KillInCommit.class.getName());
        return kills("driver killed in commit", kills, arguments, Map.of("JAVA_TOOL_OPTIONS", agent), run -> {});
    }

    private interface Accident {
        void happenTo(Launched run) throws Exception;
    }

    private Tally kills(
            String accident, int kills, List<String> arguments, Map<String, String> environment, Accident kill)
            throws Exception {
        int killed = 0;
        int outputs = 0;
        Counts counts = new Counts();
        while (killed < kills) {
            Path output = server.fresh("scores");
            outputs++;
            for (int i = 0; i < KILLS_AN_OUTPUT && killed < kills; i++) {
                Map<String, Long> whole = wholeChunks(output);
                Launched run = start(output, arguments, environment);
                kill.happenTo(run);
                int code = run.exitCode();
                require(untouched(whole, output), "chunks that were whole were touched in " + output);
                if (code != KillInCommit.KILLED) {
                    require(code == 0, "exit code " + code + ": " + run.output());
                    break;
                }
                killed++;
                log.accept("%s: %s, %d of %d".formatted(name, accident, killed, kills));
            }
            finish(output, counts);
        }
        return counts.tally(accident, killed, outputs);
    }

    /** Executors are killed at random moments; the run itself has to go on. */
    Tally executorKills(int kills) throws Exception {
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", agent + " -D" + ChaosAgent.STRAGGLERS + "=0.5");
        Counts counts = new Counts();
        int killed = 0;
        int outputs = 0;
        try (SparkCluster cluster =
                new SparkCluster(folder.resolve("cluster"), withCredentials(environment), 1, "1g")) {
            while (killed < kills) {
                Path output = server.fresh("scores");
                outputs++;
                Launched run = start(output, onCluster(cluster), environment);
                for (int i = 0; i < 2 && killed < kills; i++) {
                    if (killOne(cluster, run)) {
                        killed++;
                        log.accept("%s: executor killed, %d of %d".formatted(name, killed, kills));
                    }
                }
                require(run.exitCode() == 0, "exit code " + run.process().exitValue() + ": " + run.output());
                count(output, counts);
            }
        }
        return counts.tally("executor killed", killed, outputs);
    }

    private boolean killOne(SparkCluster cluster, Launched run) throws InterruptedException {
        while (cluster.executors().isEmpty() && run.process().isAlive()) {
            Thread.sleep(50);
        }
        if (run.process().waitFor(2000 + random.nextInt(3000), TimeUnit.MILLISECONDS)) {
            return false;
        }
        List<ProcessHandle> executors = cluster.executors();
        return !executors.isEmpty()
                && executors.get(random.nextInt(executors.size())).destroyForcibly();
    }

    /** Slow tasks are run a second time elsewhere, and both attempts may end. */
    Tally speculation(int runs) throws Exception {
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", agent + " -D" + ChaosAgent.STRAGGLERS + "=0.3");
        Counts counts = new Counts();
        java.nio.file.Path events = Files.createDirectories(folder.resolve("events"));
        try (SparkCluster cluster =
                new SparkCluster(folder.resolve("cluster"), withCredentials(environment), 1, "1g")) {
            List<String> arguments = onCluster(cluster);
            for (String setting : List.of(
                    "spark.speculation=true",
                    "spark.speculation.interval=50ms",
                    "spark.speculation.multiplier=1.1",
                    "spark.speculation.quantile=0.1",
                    "spark.speculation.minTaskRuntime=50ms",
                    "spark.eventLog.enabled=true",
                    "spark.eventLog.rolling.enabled=false",
                    "spark.eventLog.compress=false",
                    "spark.eventLog.dir=" + events.toUri())) {
                arguments.addAll(List.of("--spark-conf", setting));
            }
            for (int i = 0; i < runs; i++) {
                Path output = server.fresh("scores");
                Launched run = start(output, arguments, environment);
                require(run.exitCode() == 0, "exit code " + run.process().exitValue() + ": " + run.output());
                count(output, counts);
                log.accept("%s: speculation, %d of %d".formatted(name, i + 1, runs));
            }
        }
        return counts.tally("run with speculation (" + speculated(events) + " second attempts)", runs, runs);
    }

    private static long speculated(java.nio.file.Path events) throws IOException {
        long attempts = 0;
        try (Stream<java.nio.file.Path> files = Files.walk(events)) {
            for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    attempts += lines.filter(line ->
                                    line.contains("SparkListenerTaskStart") && line.contains("\"Speculative\":true"))
                            .count();
                }
            }
        }
        return attempts;
    }

    private static List<String> onCluster(SparkCluster cluster) {
        return new ArrayList<>(List.of(
                "--master",
                cluster.master(),
                "--spark-conf",
                "spark.driver.host=127.0.0.1",
                "--spark-conf",
                "spark.driver.bindAddress=127.0.0.1",
                "--spark-conf",
                "spark.ui.enabled=false",
                "--spark-conf",
                "spark.executor.memory=768m"));
    }

    private Map<String, String> withCredentials(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(server.environment());
        all.putAll(environment);
        return all;
    }

    Launched start(Path output, List<String> more, Map<String, String> environment) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("classify", "--input", images.toString()));
        arguments.addAll(List.of("--output", output.toString(), "--chunk-images", String.valueOf(CHUNK)));
        arguments.addAll(server.launcherArguments());
        arguments.addAll(more);
        return Launched.start(Files.createTempFile(folder, "run", ".log"), withCredentials(environment), arguments);
    }

    private void finish(Path output, Counts counts) throws Exception {
        Map<String, Long> whole = wholeChunks(output);
        Launched run = start(output, List.of("--master", "local[2]"), Map.of());
        require(run.exitCode() == 0, "exit code " + run.process().exitValue() + ": " + run.output());
        require(untouched(whole, output), "chunks that were whole were touched in " + output);
        count(output, counts);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** The files of chunks that are whole, with their times. */
    private Map<String, Long> wholeChunks(Path output) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        if (!storage.exists(output)) {
            return files;
        }
        for (FileStatus chunk :
                storage.listStatus(output, path -> path.getName().startsWith("chunk="))) {
            if (storage.exists(new Path(chunk.getPath(), "_SUCCESS"))) {
                for (FileStatus file : storage.listStatus(chunk.getPath())) {
                    // A directory that a dead committer left has the time of the listing, on S3.
                    if (file.isFile()) {
                        files.put(file.getPath().toString(), file.getModificationTime());
                    }
                }
            }
        }
        return files;
    }

    private boolean untouched(Map<String, Long> before, Path output) throws IOException {
        Map<String, Long> now = wholeChunks(output);
        return before.entrySet().stream().allMatch(file -> file.getValue().equals(now.get(file.getKey())));
    }

    private void count(Path output, Counts counts) throws IOException {
        java.nio.file.Path copy = Files.createTempDirectory(folder, "fetched").resolve("scores");
        FileUtil.copy(storage, output, copy.toFile(), false, new Configuration());
        require(Files.exists(copy.resolve("_SUCCESS")), output + " has no _SUCCESS");
        Dataset<Row> rows = TestSpark.session().read().parquet(copy.toString());
        long found = rows.count();
        long distinct = rows.select("path").distinct().count();
        require(rows.filter("status = 'ok'").count() == found, "not every row is ok in " + output);
        counts.planned += IMAGES;
        counts.lost += IMAGES - distinct;
        counts.twice += found - distinct;
        storage.delete(output, true);
    }

    /** Sums over outputs. */
    private final class Counts {
        private long planned;
        private long lost;
        private long twice;

        Tally tally(String accident, int accidents, int outputs) {
            return new Tally(name, accident, accidents, outputs, planned, lost, twice);
        }
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
