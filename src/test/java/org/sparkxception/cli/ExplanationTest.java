package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import javax.security.auth.login.LoginException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.cli.Explanation.Retry;

class ExplanationTest {
    private static final String AGAIN = ". Complete chunks are kept: run the same command again to resume";

    @Test
    void whatAUserCanMendIsSaidHoweverDeepItLies() {
        UserException fault = new UserException(ExitCode.MODEL, "executor 1 on host: libtorch cannot be loaded");

        assertThat(explain(new IllegalStateException(new ExceptionInInitializerError(fault))))
                .isEqualTo(new Explanation(ExitCode.MODEL, "executor 1 on host: libtorch cannot be loaded"));
    }

    @Test
    void aHeapThatIsTooSmallIsSaidWithTheSettingOfTheProcessThatHasIt() {
        long heap = Runtime.getRuntime().maxMemory() >> 20;

        assertThat(explain(new SparkException("Job aborted", new OutOfMemoryError("Java heap space"))))
                .isEqualTo(unexpected("out of memory with a heap of " + heap + " MiB (Java heap space): raise it, with"
                        + " SPARK_XCEPTION_JAVA_OPTS=-Xmx4g for scripts/spark-xception or with --driver-memory 4g for"
                        + " spark-submit" + AGAIN));
        assertThat(explain(new SparkException("Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times,"
                        + " most recent failure: Lost task 0.3 in stage 1.0 (TID 7) (192.0.2.7 executor 1):"
                        + " ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command"
                        + " exited with code 52\nDriver stacktrace:")))
                .isEqualTo(unexpected("executors are out of memory: raise their heap, spark.executor.memory" + AGAIN));
        assertThat(explain(new SparkException("Lost task 0.3 in stage 1.0 (TID 7) (192.0.2.7 executor 1):"
                        + " java.lang.OutOfMemoryError: Java heap space\n\tat org.A.b(A.java:1)")))
                .isEqualTo(unexpected("executors are out of memory: raise their heap, spark.executor.memory" + AGAIN));
    }

    @Test
    void anExecutorThatWasKilledForItsMemoryNeedsMoreBesideTheHeap() {
        for (String reason : new String[] {
            "Command exited with code 137",
            "Container killed by YARN for exceeding physical memory limits. 5.1 GB of 5 GB physical memory used.",
            "The executor with id 1 exited with exit code 137(SIGKILL, possible container OOM)."
        }) {
            assertThat(explain(new SparkException(
                            "Lost task 0.3: ExecutorLostFailure (executor 1 exited) Reason: " + reason)))
                    .isEqualTo(unexpected("executors exceeded their memory limit and were killed: raise"
                            + " spark.executor.memoryOverhead" + AGAIN));
        }
    }

    @Test
    void workersOfALocalClusterThatAreSmallerThanItsExecutorsAreSaid() {
        assertThat(explain(new SparkException(
                        "Asked to launch cluster with 1024 MiB/worker but requested 2048 MiB/executor")))
                .isEqualTo(new Explanation(
                        ExitCode.USAGE,
                        "the workers of the master local-cluster[WORKERS, CORES, MIB] have less memory than an executor"
                                + " needs: raise the third number, or lower spark.executor.memory (Asked to launch cluster"
                                + " with 1024 MiB/worker but requested 2048 MiB/executor)"));
    }

    @Test
    void aLimitOfThreadsIsNotTakenForAHeap() {
        assertThat(explain(new OutOfMemoryError("unable to create native thread: possibly out of memory")))
                .isEqualTo(unexpected(
                        "this process cannot start more threads: raise the limit of its user (ulimit -u) or of"
                                + " its container" + AGAIN));
    }

    @Test
    void aFullDiskIsSaidWhereverItIsMet() {
        assertThat(explain(new AssertionError(new IOException("No space left on device"))))
                .isEqualTo(unexpected("a disk is full: free space for the output and for temporary files (/tmp,"
                        + " spark.local.dir)" + AGAIN));
    }

    @Test
    void hostsAndUsersThatNobodyKnowsAreSaid() {
        assertThat(explain(new UncheckedIOException(new UnknownHostException("nn: Name or service not known"))))
                .isEqualTo(unexpected(
                        "unknown host: nn: Name or service not known. Check its name and the DNS settings of this"
                                + " machine" + AGAIN));
        assertThat(explain(new IOException(
                        new LoginException("java.lang.NullPointerException: invalid null input: name\n\tat a.B"))))
                .isEqualTo(new Explanation(
                        ExitCode.USAGE,
                        "the user of this process has no name, which Hadoop requires: add an entry for its user id (id -u)"
                                + " to /etc/passwd, or run as an existing user"));
    }

    @Test
    void aMasterThatGivesTheRunUpIsSaid() {
        assertThat(explain(new IllegalStateException(
                        "Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:\n")))
                .isEqualTo(unexpected(
                        "Spark was stopped during the run: its master does not respond, or the application was killed"
                                + " there (see the log)" + AGAIN));
    }

    @Test
    void aBugIsOneLineWithItsPlace() {
        Explanation explanation =
                explain(new IllegalStateException(new IllegalArgumentException("it came so\nand so")));

        assertThat(explanation.exitCode()).isEqualTo(ExitCode.UNEXPECTED);
        assertThat(explanation.sentence())
                .matches(
                        "unexpected: java\\.lang\\.IllegalArgumentException: it came so \\(ExplanationTest\\.java:\\d+\\)\\."
                                + " Set SPARK_XCEPTION_TRACE=1 in the environment to see the stack trace");
    }

    @Test
    void aCommandThatDoesNotResumeIsOnlyToBeRepeated() {
        assertThat(Explanation.of(new UnknownHostException("nn: Name or service not known"), Retry.of("import-model")))
                .isEqualTo(unexpected("unknown host: nn: Name or service not known. Check its name and the DNS settings"
                        + " of this machine, and run the same command again"));
    }

    private static Explanation explain(Throwable fault) {
        return Explanation.of(fault, Retry.of("classify"));
    }

    private static Explanation unexpected(String sentence) {
        return new Explanation(ExitCode.UNEXPECTED, sentence);
    }
}
