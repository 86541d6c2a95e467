package org.sparkxception.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.sparkxception.Launched;
import org.sparkxception.TestSpark;

/**
 * Submits runs with {@code jobs/spark-submit.sh} to real clusters on this machine, in both deploy modes, and prints which exit code and how
 * many rows each had, and had to have; ends with 1 where they differ.
 *
 * <p>Arguments: local, standalone, yarn; {@code yarn:cluster} is YARN in cluster mode alone.
 */
final class ClusterRuns {
    private static final String SAMPLES = "sample-data/images/Bag";
    private static final String ALL_SAMPLES = "sample-data/images";

    private final Path folder;
    private final Map<String, List<Row>> expected = new HashMap<>();
    private boolean good = true;
    private int runs;

    /** Where runs are submitted to, and how. */
    private record Target(String name, String mode, Map<String, String> environment, List<String> options) {}

    private ClusterRuns(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("cluster-runs");
        ClusterRuns runs = new ClusterRuns(folder);
        System.out.println("| cluster | mode | run | exit code | expected | rows |");
        System.out.println("| --- | --- | --- | ---: | ---: | --- |");
        try {
            for (String name : arguments) {
                runs.on(name);
            }
        } catch (Exception | LinkageError e) {
            runs.good = false;
            e.printStackTrace();
        } finally {
            TestSpark.session().close();
        }
        if (runs.good) {
            FileUtil.fullyDelete(folder.toFile());
        } else {
            System.err.println("what the runs said is in " + folder);
        }
        // Not an end of main: threads of a YARN that did not start go on.
        Runtime.getRuntime().halt(runs.good ? 0 : 1);
    }

    private void on(String argument) throws Exception {
        String[] parts = argument.split(":", 2);
        String name = parts[0];
        List<String> modes = parts.length == 1 ? List.of("client", "cluster") : List.of(parts[1]);
        expect(SAMPLES);
        switch (name) {
            case "local" ->
                exitCodes(new Target(
                        name,
                        "client",
                        Map.of(),
                        List.of("--properties-file", "conf/spark-local.conf", "--master", "local[2]")));
            case "standalone" -> standalone(modes);
            case "yarn" -> yarn(modes);
            default -> throw new IllegalArgumentException("no cluster is called " + name);
        }
    }

    private void standalone(List<String> modes) throws Exception {
        expect(ALL_SAMPLES);
        for (String mode : modes) {
            try (SparkCluster cluster = new SparkCluster(folder.resolve("standalone-" + mode), Map.of(), 2, "3g")) {
                Target target = new Target(
                        "standalone",
                        mode,
                        Map.of(),
                        List.of(
                                "--master",
                                cluster.master(),
                                "--deploy-mode",
                                mode,
                                "--properties-file",
                                "conf/spark-standalone.conf",
                                "--driver-memory",
                                "1g",
                                "--executor-memory",
                                "1g",
                                "--conf",
                                "spark.driver.host=127.0.0.1"));
                exitCodes(target);
                workerKilled(target, cluster);
            }
        }
    }

    private void yarn(List<String> modes) throws Exception {
        if (System.getenv("SPARK_HOME") == null) {
            throw new IllegalStateException(
                    "YARN needs a distribution of Spark in SPARK_HOME: target/spark lacks spark-yarn");
        }
        try (YarnCluster cluster = new YarnCluster(folder.resolve("hadoop"))) {
            String java = System.getProperty("java.home");
            for (String mode : modes) {
                exitCodes(new Target(
                        "yarn",
                        mode,
                        Map.of("HADOOP_CONF_DIR", cluster.settings().toString()),
                        List.of(
                                "--master",
                                "yarn",
                                "--deploy-mode=" + mode,
                                "--properties-file=conf/spark-yarn.conf",
                                "--conf=spark.executor.memoryOverhead=1g",
                                "--conf=spark.yarn.jars=local:" + System.getenv("SPARK_HOME") + "/jars/*",
                                "--conf=spark.yarn.stagingDir="
                                        + folder.resolve("staging").toUri(),
                                "--conf=spark.yarn.appMasterEnv.JAVA_HOME=" + java,
                                "--conf=spark.executorEnv.JAVA_HOME=" + java)));
            }
        }
    }

    private void exitCodes(Target target) throws Exception {
        Path scores = output();
        String input = absolute(SAMPLES);
        end(target, "complete", 0, submit(target, scores, input, "--max-failed-fraction=1"), scores, SAMPLES);
        end(target, "nothing left", 0, submit(target, scores, input, "--max-failed-fraction=1"), scores, SAMPLES);
        end(target, "an option is wrong", 2, submit(target, output(), input, "--top-k=five"));
        end(target, "no input", 3, submit(target, output(), input + "/nothing"));
        end(target, "too many failures", 4, submit(target, scores, input, "--max-failed-fraction=0"));
        end(target, "another run's output", 5, submit(target, scores, input, "--top-k=3"));
        end(target, "no GPU", 6, submit(target, output(), input, "--device=gpu"));
    }

    private void workerKilled(Target target, SparkCluster cluster) throws Exception {
        Path scores = output();
        Launched run = submit(
                target,
                scores,
                absolute(ALL_SAMPLES),
                "--chunk-images=12",
                "--batch-size=2",
                "--max-failed-fraction=1");
        while (!Files.exists(scores.resolve("chunk=00001/_SUCCESS"))) {
            if (!run.process().isAlive()) {
                throw new IllegalStateException("it ended before a worker could be killed: " + run.output());
            }
            Thread.sleep(50);
        }
        cluster.killWorker();
        end(target, "worker killed after two of 21 chunks", 0, run, scores, ALL_SAMPLES);
    }

    private Launched submit(Target target, Path scores, String input, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("jobs/spark-submit.sh"));
        command.addAll(target.options());
        command.addAll(List.of("--", "--input", input, "--output", scores.toString()));
        command.addAll(List.of(more));
        Map<String, String> environment = new HashMap<>(target.environment());
        if (System.getenv("SPARK_HOME") == null) {
            environment.put("PATH", absolute("scripts/cluster/bin") + ":" + System.getenv("PATH"));
        }
        return Launched.command(folder.resolve(runs + ".log"), environment, command);
    }

    private Path output() {
        runs++;
        return folder.resolve("scores-" + runs);
    }

    private void end(Target target, String run, int code, Launched launched) throws Exception {
        print(target, run, code, launched, "", true);
    }

    private void end(Target target, String run, int code, Launched launched, Path scores, String samples)
            throws Exception {
        boolean ended = launched.exitCode() == code;
        boolean same = ended && rows(scores).equals(expected.get(samples));
        String count = expected.get(samples).size() + (same ? " as in local mode" : " expected, and others found");
        print(target, run, code, launched, count, same);
    }

    private void print(Target target, String run, int code, Launched launched, String rows, boolean same)
            throws Exception {
        int actual = launched.exitCode();
        good &= actual == code && same;
        System.out.printf("| %s | %s | %s | %d | %d | %s |%n", target.name(), target.mode(), run, actual, code, rows);
        if (actual != code) {
            System.err.println(launched.output());
        }
    }

    /** The rows of the launcher's local mode. */
    private void expect(String samples) throws Exception {
        if (!expected.containsKey(samples)) {
            Path scores = output();
            Launched run = Launched.start(
                    folder.resolve("local.log"),
                    Map.of(),
                    List.of(
                            "classify",
                            "--input",
                            absolute(samples),
                            "--output",
                            scores.toString(),
                            "--max-failed-fraction=1",
                            "--master=local[2]"));
            if (run.exitCode() != 0) {
                throw new IllegalStateException(run.output());
            }
            expected.put(samples, rows(scores));
        }
    }

    private static List<Row> rows(Path scores) {
        return TestSpark.session()
                .read()
                .parquet(scores.toString())
                .selectExpr("path", "status", "error", "width", "height", "label", "round(score, 4)")
                .orderBy("path")
                .collectAsList();
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().toString();
    }
}
