package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.cli.Explanation.Retry;

/** How processes end that are ended by something else than the run; each is one. */
class ProcessEndTest {
    @TempDir
    Path folder;

    /** Comes to an end that its argument names. */
    static final class Ending {
        private static final AtomicReference<CountDownLatch> BEGAN = new AtomicReference<>();

        private Ending() {}

        public static void main(String[] arguments) throws InterruptedException {
            ProcessEnd end = ProcessEnd.watched(Retry.RESUME);
            switch (arguments[0]) {
                case "exit" -> System.exit(52);
                case "thread" ->
                    new Thread(() -> {
                                throw new StackOverflowError("on a thread");
                            })
                            .start();
                case "task" -> end.with(Ending::runOutOfMemory);
                case "close" -> end.with(Ending::closeWhileATaskRuns);
                default -> System.out.println("waiting");
            }
            Thread.sleep(60_000);
        }

        /** As ClassifyCommand: a task asks for more than the heap has. */
        private static int runOutOfMemory() {
            SparkSession spark = Sessions.open(Optional.of("local[1,2]"), Map.of());
            try {
                return JavaSparkContext.fromSparkContext(spark.sparkContext())
                        .parallelize(List.of(1), 1)
                        .map(number -> new long[Integer.MAX_VALUE - 8].length)
                        .first();
            } catch (Exception e) {
                return Main.explain(e, Retry.RESUME);
            }
        }

        /** As a run whose input was mistyped: the model is being loaded, which nothing can stop. */
        private static int closeWhileATaskRuns() {
            CountDownLatch began = new CountDownLatch(1);
            BEGAN.set(began);
            SparkSession spark = Sessions.open(Optional.of("local[1,2]"), Map.of());
            JavaFutureAction<Void> job = JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(List.of(1), 1)
                    .foreachAsync(number -> {
                        BEGAN.get().countDown();
                        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        System.out.println("the task ends");
                    });
            try {
                began.await();
                System.out.println("closing");
                Sessions.close(spark);
            } catch (InterruptedException e) {
                return Main.explain(e, Retry.RESUME);
            }
            System.out.println("closed");
            return job.isDone() ? 0 : 1;
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalEndsAProcessWithItsOwnCodeAndAWordOfIt(String signal, int code) throws Exception {
        Launched process = start("wait");
        while (!process.output().contains("waiting")) {
            assertThat(process.process().isAlive()).as(process.output()).isTrue();
            Thread.sleep(20);
        }

        new ProcessBuilder(
                        "kill", "-" + signal, String.valueOf(process.process().pid()))
                .start()
                .waitFor();

        assertThat(process.exitCode()).as(process.output()).isEqualTo(code);
        assertThat(process.output())
                .endsWith("waiting\nspark-xception: interrupted: run the same command again to resume\n");
    }

    @Test
    void anExitThatSomethingElseThanTheRunCallsForEndsWithOne() throws Exception {
        assertEnds(
                "exit",
                "spark-xception: unexpected: the JVM was shut down from inside the process (see the log): run the same"
                        + " command again to resume\n");
    }

    @Test
    void anErrorOnAThreadEndsTheProcessWithOne() throws Exception {
        Launched process = start("thread");

        assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
        assertThat(process.output())
                .containsPattern(
                        "spark-xception: unexpected: java\\.lang\\.StackOverflowError: on a thread"
                                + " \\(ProcessEndTest\\.java:\\d+\\)\\. Set SPARK_XCEPTION_TRACE=1 in the environment to see the stack trace\n$")
                .doesNotContain("\tat ");
    }

    @LongTest
    @Test
    void aTaskWithoutMemoryInThisProcessEndsItWithOneAndTheSetting() throws Exception {
        assertEnds(
                "task",
                " MiB (Java heap space): raise it, with SPARK_XCEPTION_JAVA_OPTS=-Xmx4g for scripts/spark-xception"
                        + " or with --driver-memory 4g for spark-submit. Complete chunks are kept: run the same command again to"
                        + " resume\n");
    }

    @LongTest
    @Test
    void aSessionIsClosedWhenNoTaskOfItRunsAnyMore() throws Exception {
        Launched process = start("close");

        assertThat(process.exitCode()).as(process.output()).isZero();
        assertThat(process.output())
                .containsSubsequence("closing\n", "the task ends\n", "closed\n")
                .doesNotContain("ERROR");
    }

    @LongTest
    @Test
    void aUserWithoutANameIsToldSo() throws Exception {
        Launched run = classify("unshare", "--user", "--map-user=12345");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output())
                .contains("spark-xception: the user of this process has no name, which Hadoop requires: ")
                .doesNotContain("\tat ");
    }

    @LongTest
    @Test
    void aHostWhoseNameHasNoAddressIsToldSo() throws Exception {
        Launched run = classify("unshare", "--uts", "sh", "-c", "hostname no-such-host && exec \"$@\"", "-");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output())
                .contains("spark-xception: the name of this host cannot be resolved (no-such-host: ")
                .contains("): add it to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1 if everything runs on this host")
                .doesNotContain("\tat ");
    }

    @LongTest
    @Test
    void aDiskThatIsFullWhenTheReportIsWrittenIsToldSo() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));

        Launched run = classify(
                "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=200k tmpfs " + disk + " && exec \"$@\"", "-");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
        assertThat(run.output())
                .contains("chunk 0 done")
                .endsWith("spark-xception: a disk is full: free space for the output and for temporary files (/tmp,"
                        + " spark.local.dir). Complete chunks are kept: run the same command again to resume\n")
                .doesNotContain("\tat ");
    }

    private void assertEnds(String how, String withWords) throws Exception {
        Launched process = start(how);

        assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
        assertThat(process.output()).endsWith(withWords).doesNotContain("\tat ");
    }

    private Launched start(String how) throws Exception {
        // Processes that a shell put in the background ignore INT, and so do their children.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.addAll(Launched.javaCommand(List.of("-Xmx600m"), Ending.class, List.of(how)));
        return Launched.command(folder.resolve("log"), Map.of(), command);
    }

    /** @param before what runs the job in surroundings of its own; skipped where these may not be made */
    private Launched classify(String... before) throws Exception {
        List<String> command = new ArrayList<>(List.of(before));
        command.add("true");
        assumeTrue(new ProcessBuilder(command).start().waitFor() == 0, "namespaces may not be made here");
        command.remove("true");
        command.addAll(Launched.javaCommand(
                List.of(),
                Main.class,
                List.of(
                        "classify",
                        "--input=sample-data/images/Trouser",
                        "--output=" + folder.resolve("disk/scores"))));
        return Launched.command(folder.resolve("log"), Map.of(), command);
    }
}
