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
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.metrics.MetricsPlugin;

/** Opens the Spark session of a command. What spark-submit or the user says is never changed; the rest is set here. */
final class Sessions {
    /**
     * What executors need: glibc keeps the network's large buffers, where it would give them back and fault them in again; and
     * OpenCV says nothing of broken images, which have their rows.
     */
    private static final Map<String, String> EXECUTOR_ENVIRONMENT = Map.of(
            "LC_ALL", "C.UTF-8",
            "OPENCV_LOG_LEVEL", "SILENT",
            "MALLOC_ARENA_MAX", "1",
            "MALLOC_MMAP_MAX_", "0",
            "MALLOC_TRIM_THRESHOLD_", "17179869184");

    /**
     * The work is in native code: the JVM's optimizing compiler takes more time from it than it ever saves. conf/jvm.options has the same
     * for the launcher.
     */
    private static final String C1_ONLY = "-XX:TieredStopAtLevel=1";

    /**
     * Results on S3 are written by the magic committer, which renames nothing; on other filesystems the same protocol leads to
     * Hadoop's own committer.
     */
    private static final Map<String, String> COMMITTER = Map.of(
            "spark.hadoop.fs.s3a.committer.name", "magic",
            "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a",
                    "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory",
            "spark.sql.sources.commitProtocolClass", "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol",
            "spark.sql.parquet.output.committer.class",
                    "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter");

    /**
     * Fewer requests for what lies on S3 in directories of our own: no look for a directory of the name of a file to be written, none
     * for parents (the lock doesn't need these looks, its condition goes with the request), and uploads that a task has
     * ready are remembered by the task, not noted on S3 for itself.
     */
    private static final Map<String, String> S3_REQUEST_SAVINGS = Map.of(
            "spark.hadoop.fs.s3a.performance.flags", "create,delete,mkdir",
            "spark.hadoop.fs.s3a.committer.magic.track.commits.in.memory.enabled", "true");

    /**
     * How long S3 may be away: a connection that cannot be made is given up after 15 s, the least that S3A takes, and a request
     * after three attempts of the SDK in each of six of S3A's. Throttling (503) has a count of its own in S3A, 20. S3A's 500
     * connections a JVM are enough for 125 tasks of four fetch threads.
     */
    private static final Map<String, String> S3_TIMEOUTS = Map.of(
            "spark.hadoop.fs.s3a.connection.establish.timeout", "15s",
            "spark.hadoop.fs.s3a.connection.timeout", "60s",
            "spark.hadoop.fs.s3a.attempts.maximum", "3",
            "spark.hadoop.fs.s3a.retry.limit", "5");

    /** The page of the UI, when there is a UI, that Prometheus reads: Spark has it, but not by default. */
    private static final Map<String, String> PROMETHEUS = Map.of(
            "spark.metrics.conf.driver.sink.prometheusServlet.class", "org.apache.spark.metrics.sink.PrometheusServlet",
            "spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus");

    private static final String STANDALONE = "spark://";

    /** Without a cluster manager of their own. */
    private static final Pattern OWN_MASTERS = Pattern.compile(
            "local|local\\[(\\d+|\\*)( *, *\\d+)?]|local-cluster\\[ *\\d+ *, *\\d+ *, *\\d+ *]|spark://.+");

    /** Longer than a model takes to load. */
    private static final int SECONDS_TO_END = 60;

    private static final int MILLIS_BETWEEN_LOOKS = 20;

    private Sessions() {}

    static SparkSession open(Optional<String> master, Map<String, String> settings) {
        SparkConf conf = new SparkConf();
        master.ifPresent(value -> conf.setIfMissing("spark.master", value));
        settings.forEach(conf::setIfMissing);
        // In local mode too a task that fails is tried again: its storage may be back, or its image be decoded apart.
        conf.setIfMissing("spark.master", "local[*,4]");
        requireReachable(conf.get("spark.master"));
        conf.setIfMissing("spark.app.name", "spark-xception");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        addMetrics(conf);
        COMMITTER.forEach(conf::setIfMissing);
        S3_REQUEST_SAVINGS.forEach(conf::setIfMissing);
        S3_TIMEOUTS.forEach(conf::setIfMissing);
        EXECUTOR_ENVIRONMENT.forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
        conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
        conf.setIfMissing("spark.executor.extraJavaOptions", C1_ONLY);
        // In YARN's application master the jar lies in every container already, under another name.
        boolean hasJar = conf.get("spark.master").matches("local(\\[.*])?") || conf.contains(Main.YARN_APPLICATION);
        if (!hasJar) {
            conf.setIfMissing("spark.jars", ownJar());
        }
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.ui.enabled", "false");
            conf.setIfMissing("spark.driver.host", "localhost");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            conf.setIfMissing("spark.sql.shuffle.partitions", "4");
            conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
            // Spark's count of running tasks is up to date, which closing waits for.
            conf.setIfMissing("spark.ui.liveUpdate.period", "0");
            // A task that finds no memory fails, and the run says what to raise; Spark would end this process from
            // within.
            conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /**
     * Ends a session when nothing runs in it any more. In local mode a task would lose Spark under its feet, and say so; and one that
     * computes in native code while the process ends can crash it.
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

    /** Refuses a master that Spark does not know here, or whose host nobody knows: Spark would say so late, and at length. */
    private static void requireReachable(String master) {
        boolean known = OWN_MASTERS.matcher(master).matches()
                || ServiceLoader.load(ExternalClusterManager.class).stream()
                        .anyMatch(manager -> manager.get().canCreate(master));
        if (!known) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the master " + master + " is not one that can be used here: --master takes local[N] and"
                            + " spark://HOST:PORT; yarn and k8s:// are for spark-submit of a Spark distribution, by"
                            + " jobs/spark-submit.sh");
        }
        if (master.startsWith(STANDALONE)) {
            for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
                String host = address.replaceFirst(":\\d*$", "");
                try {
                    InetAddress.getByName(host);
                } catch (UnknownHostException e) {
                    throw new UserException(
                            ExitCode.USAGE,
                            "the host " + host + " of the master " + master + " is not known: check --master",
                            e);
                }
            }
        }
    }

    /** Counts go to Spark's metrics system under names that are the same in every run. Own settings of its sinks stay as they are. */
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

    /** What executors in other JVMs load; under spark-submit this is its business. */
    private static String ownJar() {
        return Sessions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
    }
}
