package org.sparkxception.cli;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.security.auth.login.LoginException;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
import org.sparkxception.UserException;
import org.sparkxception.storage.StorageFaults;

/** The error that ended a run, as one sentence: with a solution if users can fix it, otherwise with the place in the code. */
record Explanation(ExitCode exitCode, String sentence) {
    /** The environment variable that shows stack traces; conf/log4j2.properties reads it too. */
    static final String TRACE = "SPARK_XCEPTION_TRACE";

    /** How a command continues after an interruption or a passing fault. */
    enum Retry {
        /** The command continues where it stopped. */
        RESUME("run the same command again to resume", ". Complete chunks are kept: "),
        /** The command starts over. */
        REPEAT("run the same command again", ", and ");

        private final String advice;
        private final String before;

        Retry(String advice, String before) {
            this.advice = advice;
            this.before = before;
        }

        /** The way of the command with these arguments. */
        static Retry of(String... arguments) {
            return arguments.length > 0 && arguments[0].equals(ClassifyCommand.NAME) ? RESUME : REPEAT;
        }

        /** What to do. */
        String advice() {
            return advice;
        }

        /** A sentence about a fault, with what to do. */
        String after(String sentence) {
            return sentence + before + advice;
        }
    }

    private static final String RAISE_HEAP =
            "raise it, with SPARK_XCEPTION_JAVA_OPTS=-Xmx4g for scripts/spark-xception or with --driver-memory 4g for"
                    + " spark-submit";

    /**
     * The first rule that applies to a throwable of the chain is used; its sentence describes the first such throwable. With exit code 1
     * the same command may succeed, and the explanation says so.
     */
    private record Rule(Predicate<Throwable> applies, ExitCode exitCode, Function<Throwable, String> sentence) {}

    private static final List<Rule> RULES = List.of(
            new Rule(UserException.class::isInstance, ExitCode.UNEXPECTED, fault -> OptionNames.in(fault.getMessage())),
            new Rule(InvalidSetting.class::isInstance, ExitCode.USAGE, fault -> OptionNames.in((InvalidSetting) fault)),
            new Rule(
                    says("ExecutorLostFailure.*((code|status):? 137\\b|memory limits|OOMKilled)"),
                    ExitCode.UNEXPECTED,
                    fault -> "executors exceeded their memory limit and were killed: raise"
                            + " spark.executor.memoryOverhead"),
            new Rule(
                    says("ExecutorLostFailure.*(code|status):? 52\\b|executor \\d+\\): java\\.lang\\.OutOfMemoryError"),
                    ExitCode.UNEXPECTED,
                    fault -> "executors are out of memory: raise their heap, spark.executor.memory"),
            new Rule(
                    fault -> fault instanceof OutOfMemoryError
                            && says("native thread").test(fault),
                    ExitCode.UNEXPECTED,
                    fault -> "this process cannot start more threads: raise the limit of its user (ulimit -u) or of its"
                            + " container"),
            new Rule(
                    OutOfMemoryError.class::isInstance,
                    ExitCode.UNEXPECTED,
                    fault -> "out of memory with a heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB (" + fault.getMessage() + "): " + RAISE_HEAP),
            new Rule(
                    says("Asked to launch cluster with \\d+ MiB/worker"),
                    ExitCode.USAGE,
                    fault ->
                            "the workers of the master local-cluster[WORKERS, CORES, MIB] have less memory than an executor"
                                    + " needs: raise the third number, or lower spark.executor.memory ("
                                    + firstLine(fault.getMessage()) + ")"),
            new Rule(
                    says("INVALID_DRIVER_MEMORY"),
                    ExitCode.USAGE,
                    fault -> "Spark needs a heap of at least 450 MiB: " + RAISE_HEAP),
            new Rule(
                    fault -> fault instanceof LoginException
                            && says("invalid null input").test(fault),
                    ExitCode.USAGE,
                    fault ->
                            "the user of this process has no name, which Hadoop requires: add an entry for its user id (id -u)"
                                    + " to /etc/passwd, or run as an existing user"),
            new Rule(
                    fault -> fault instanceof UnknownHostException
                            && Arrays.stream(fault.getStackTrace())
                                    .anyMatch(frame -> frame.getMethodName().equals("getLocalHost")),
                    ExitCode.USAGE,
                    fault -> "the name of this host cannot be resolved (" + firstLine(fault.getMessage())
                            + "): add it to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1 if everything runs on this host"),
            new Rule(
                    UnknownHostException.class::isInstance,
                    ExitCode.UNEXPECTED,
                    fault -> "unknown host: " + firstLine(fault.getMessage())
                            + ". Check its name and the DNS settings of this machine"),
            new Rule(
                    fault -> fault instanceof Exception exception
                            && StorageFaults.kind(exception) == StorageFaults.Kind.FULL,
                    ExitCode.UNEXPECTED,
                    fault ->
                            "a disk is full: free space for the output and for temporary files (/tmp, spark.local.dir)"),
            new Rule(
                    says("stopped SparkContext|SparkContext was shut down"),
                    ExitCode.UNEXPECTED,
                    fault ->
                            "Spark was stopped during the run: its master does not respond, or the application was killed"
                                    + " there (see the log)"));

    /**
     * Explains a fault.
     *
     * @param retry how the command that failed continues
     */
    static Explanation of(Throwable fault, Retry retry) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = fault; each != null && !chain.contains(each); each = each.getCause()) {
            chain.add(each);
        }
        return RULES.stream()
                .flatMap(rule -> chain.stream().filter(rule.applies).limit(1).map(each -> explained(rule, each, retry)))
                .findFirst()
                .orElseGet(() -> unexpected(chain));
    }

    private static Explanation explained(Rule rule, Throwable fault, Retry retry) {
        String sentence = rule.sentence.apply(fault);
        if (fault instanceof UserException user) {
            return new Explanation(user.exitCode(), sentence);
        }
        return new Explanation(rule.exitCode, rule.exitCode == ExitCode.UNEXPECTED ? retry.after(sentence) : sentence);
    }

    private static Explanation unexpected(List<Throwable> chain) {
        Collections.reverse(chain);
        String place = chain.stream()
                .flatMap(fault -> Stream.of(fault.getStackTrace()))
                .filter(frame -> frame.getClassName().startsWith("org.sparkxception."))
                .findFirst()
                .map(frame -> " (" + frame.getFileName() + ":" + frame.getLineNumber() + ")")
                .orElse("");
        return new Explanation(
                ExitCode.UNEXPECTED,
                "unexpected: " + firstLine(chain.get(0).toString()) + place + ". Set " + TRACE
                        + "=1 in the environment to see the stack trace");
    }

    private static Predicate<Throwable> says(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return fault -> pattern.matcher(String.valueOf(fault.getMessage())).find();
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("").strip();
    }
}
