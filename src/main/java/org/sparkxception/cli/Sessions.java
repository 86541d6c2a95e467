package org.sparkxception.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.ExternalClusterManager;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.metrics.MetricsPlugin;
import org.sparkxception.spark.SparkVersion;
import org.sparkxception.storage.CommitterCheck;
import org.sparkxception.storage.DirectLocalFileSystem;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageCommitProtocol;

/** Opens the Spark session of a command. Settings of spark-submit and of the user are never changed; defaults are set here. */
final class Sessions {
    /**
     * Environment of executors: glibc keeps the large buffers of the network instead of returning them to the kernel and faulting them
     * in again, and OpenCV does not log corrupt images, which have rows with their errors.
     */
    private static final Map<String, String> EXECUTOR_ENVIRONMENT = Map.of(
            "LC_ALL", "C.UTF-8",
            "OPENCV_LOG_LEVEL", "SILENT",
            "MALLOC_ARENA_MAX", "1",
            "MALLOC_MMAP_MAX_", "0",
            "MALLOC_TRIM_THRESHOLD_", "17179869184");

    /**
     * The work is in native code, so the JVM's optimizing compiler costs more time than it saves. conf/jvm.options sets the same for the
     * launcher.
     */
    private static final String C1_ONLY = "-XX:TieredStopAtLevel=1";

    /** On S3, results are written by the magic committer, which renames nothing; on other filesystems by Hadoop's own committer. */
    private static final Map<String, String> COMMITTER = Map.of(
            "spark.hadoop.fs.s3a.committer.name",
            "magic",
            "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a",
            "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory",
            CommitterCheck.PROTOCOL_SETTING,
            StorageCommitProtocol.class.getName());

    /**
     * Fewer requests for writes to S3 in directories of this project: no check for a directory with the name of a file to write, and
     * no check for parents (the lock does not need these checks, since its request is conditional). Pending uploads of a task are kept in
     * its memory, not written to S3.
     */
    private static final Map<String, String> S3_REQUEST_SAVINGS = Map.of(
            "spark.hadoop.fs.s3a.performance.flags", "create,delete,mkdir",
            "spark.hadoop.fs.s3a.committer.magic.track.commits.in.memory.enabled", "true");

    /**
     * How long an outage of S3 is tolerated: a connection attempt times out after 15 s, the minimum that S3A accepts, and a request
     * fails after six attempts of S3A with three attempts of the SDK each. Throttling (503) has a separate limit in S3A, 20. S3A's 500
     * connections per JVM are enough for 125 tasks with four fetch threads each. The times are in milliseconds: before Hadoop 3.4, S3A
     * accepts no other unit.
     */
    private static final Map<String, String> S3_TIMEOUTS = Map.of(
            "spark.hadoop.fs.s3a.connection.establish.timeout", "15000",
            "spark.hadoop.fs.s3a.connection.timeout", "60000",
            "spark.hadoop.fs.s3a.attempts.maximum", "3",
            "spark.hadoop.fs.s3a.retry.limit", "5");

    /** The endpoint for Prometheus in the UI, if there is a UI; Spark does not enable it by default. */
    private static final Map<String, String> PROMETHEUS = Map.of(
            "spark.metrics.conf.driver.sink.prometheusServlet.class", "org.apache.spark.metrics.sink.PrometheusServlet",
            "spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus");

    private static final String STANDALONE = "spark://";

    /** Masters that Spark supports without an external cluster manager. */
    private static final Pattern OWN_MASTERS = Pattern.compile(
            "local|local\\[(\\d+|\\*)( *, *\\d+)?]|local-cluster\\[ *\\d+ *, *\\d+ *, *\\d+ *]|spark://.+");

    /** Longer than it takes to load a model. */
    private static final int SECONDS_TO_END = 60;

    private static final int MILLIS_BETWEEN_LOOKS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private Sessions() {}

    static SparkSession open(Optional<String> master, Map<String, String> settings) {
        requireSupported(SparkVersion.current());
        SparkConf conf = new SparkConf();
        master.ifPresent(value -> conf.setIfMissing("spark.master", value));
        settings.forEach(conf::setIfMissing);
        // Failed tasks are retried in local mode too: the storage may be back, or the image can be decoded in
        // isolation.
        conf.setIfMissing("spark.master", "local[*,4]");
        requireReachable(conf.get("spark.master"));
        LOG.info("starting Spark: {}", conf.get("spark.master"));
        conf.setIfMissing("spark.app.name", "spark-xception");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // Chunks have a pool of their own: the plan of the next one is read while their tasks wait.
        conf.setIfMissing("spark.scheduler.mode", "FAIR");
        addMetrics(conf);
        COMMITTER.forEach(conf::setIfMissing);
        S3_REQUEST_SAVINGS.forEach(conf::setIfMissing);
        S3_TIMEOUTS.forEach(conf::setIfMissing);
        EXECUTOR_ENVIRONMENT.forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
        conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
        conf.setIfMissing("spark.executor.extraJavaOptions", C1_ONLY);
        // In YARN cluster mode the jar is already in every container, under another name.
        boolean isLocal = conf.get("spark.master").matches("local(\\[.*])?");
        boolean hasJar = isLocal || conf.contains(Main.YARN_APPLICATION);
        if (!hasJar) {
            conf.setIfMissing("spark.jars", jars());
        }
        if (isLocal) { // Executors of their own open files before they have the jar.
            conf.setIfMissing("spark.hadoop.fs.file.impl", DirectLocalFileSystem.class.getName());
        }
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.ui.enabled", "false");
            conf.setIfMissing("spark.driver.host", "localhost");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            conf.setIfMissing("spark.sql.shuffle.partitions", "4");
            conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
            // Keeps Spark's count of running tasks current; close() waits until it is 0.
            conf.setIfMissing("spark.ui.liveUpdate.period", "0");
            // A task without memory fails, and the error message says what to increase; otherwise Spark would exit this
            // JVM.
            conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /**
     * Stops a session after its tasks have ended. In local mode a task that is still running would log errors when Spark disappears,
     * and native code that runs while the process exits can crash it.
     */
    static void close(SparkSession spark) throws InterruptedException {
        SparkContext context = spark.sparkContext();
        if (!context.isStopped()) {
            context.cancelAllJobs();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
            do {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            } while (System.nanoTime() < deadline
                    && Stream.of(context.statusTracker().getExecutorInfos())
                            .anyMatch(executor -> executor.numRunningTasks() > 0));
        }
        spark.stop();
    }

    /** Rejects a Spark that is too old, before it is called in a way that it does not know. */
    private static void requireSupported(String version) {
        if (!SparkVersion.isSupported(version)) {
            throw new UserException(
                    ExitCode.USAGE,
                    "this is Spark " + version
                            + ", which is too old: use Spark 3.5 or later, which SPARK_HOME selects");
        }
    }

    /** Rejects a master that is not supported here or whose host is unknown; Spark would report it late and at length. */
    private static void requireReachable(String master) {
        boolean known = OWN_MASTERS.matcher(master).matches()
                || ServiceLoader.load(ExternalClusterManager.class).stream()
                        .anyMatch(manager -> manager.get().canCreate(master));
        if (!known) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the master " + master + " is not supported here: --master takes local[N] and spark://HOST:PORT;"
                            + " yarn and k8s:// require spark-submit of a Spark distribution: use jobs/spark-submit.sh");
        }
        if (master.startsWith(STANDALONE)) {
            for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
                String host = address.replaceFirst(":\\d*$", "");
                try {
                    InetAddress.getByName(host);
                } catch (UnknownHostException e) {
                    throw new UserException(
                            ExitCode.USAGE,
                            "unknown host " + host + " in the master " + master + ": check --master",
                            e);
                }
            }
        }
    }

    /** Publishes counts to Spark's metrics system under names that are the same in every run. Sinks set by the user are kept. */
    private static void addMetrics(SparkConf conf) {
        String ours = MetricsPlugin.class.getName();
        String others = conf.get("spark.plugins", "");
        if (!others.contains(ours)) {
            conf.set("spark.plugins", others.isEmpty() ? ours : others + "," + ours);
        }
        conf.setIfMissing("spark.metrics.namespace", "spark_xception");
        if (Arrays.stream(conf.getAll()).noneMatch(setting -> setting._1().startsWith("spark.metrics.conf"))) {
            PROMETHEUS.forEach(conf::setIfMissing);
        }
    }

    /** The jars that executors in other JVMs load: that of this project, and that of S3A if it is not among Spark's. */
    private static String jars() {
        String own = FileSystems.jar(Sessions.class);
        String sparks = FileSystems.jar(SparkContext.class).replaceFirst("[^/]*$", "");
        return FileSystems.s3aJar()
                .filter(jar -> !jar.startsWith(sparks))
                .map(jar -> own + "," + jar)
                .orElse(own);
    }
}
