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
import org.sparkxception.UserException;
import org.sparkxception.storage.StorageFaults;

/** What ended a run, as one sentence: of a fault that users can mend the way out, of any other the place in the code. */
record Explanation(ExitCode exitCode, String sentence) {
    /** The environment variable that shows stack traces; conf/log4j2.properties reads it too. */
    static final String TRACE = "SPARK_XCEPTION_TRACE";

    private static final String AGAIN = ". What is done is kept: run the same command again to resume";

    private static final String RAISE_HEAP =
            "raise it, with SPARK_XCEPTION_JAVA_OPTS=-Xmx4g for scripts/spark-xception, or"
                    + " with --driver-memory 4g for spark-submit";

    /** The sentence is of the first throwable in a chain that a rule applies to; the first rule that applies counts. */
    private record Rule(Predicate<Throwable> applies, ExitCode exitCode, Function<Throwable, String> sentence) {}

    private static final List<Rule> RULES = List.of(
            new Rule(UserException.class::isInstance, ExitCode.UNEXPECTED, Throwable::getMessage),
            new Rule(
                    says("ExecutorLostFailure.*((code|status):? 137\\b|memory limits|OOMKilled)"),
                    ExitCode.UNEXPECTED,
                    fault -> "executors took more memory than they may and were killed: raise"
                            + " spark.executor.memoryOverhead" + AGAIN),
            new Rule(
                    says("ExecutorLostFailure.*(code|status):? 52\\b|executor \\d+\\): java\\.lang\\.OutOfMemoryError"),
                    ExitCode.UNEXPECTED,
                    fault -> "executors are out of memory: raise their heap, spark.executor.memory" + AGAIN),
            new Rule(
                    fault -> fault instanceof OutOfMemoryError
                            && says("native thread").test(fault),
                    ExitCode.UNEXPECTED,
                    fault ->
                            "this process may not start more threads: raise the limit of its user (ulimit -u) or of its"
                                    + " container" + AGAIN),
            new Rule(
                    OutOfMemoryError.class::isInstance,
                    ExitCode.UNEXPECTED,
                    fault -> "out of memory with a heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB (" + fault.getMessage() + "): " + RAISE_HEAP + AGAIN),
            new Rule(
                    says("INVALID_DRIVER_MEMORY"),
                    ExitCode.USAGE,
                    fault -> "Spark needs a heap of 450 MiB at least: " + RAISE_HEAP),
            new Rule(
                    fault -> fault instanceof LoginException
                            && says("invalid null input").test(fault),
                    ExitCode.USAGE,
                    fault ->
                            "the user of this process has no name, which Hadoop needs: add a line for the number that id -u"
                                    + " says to /etc/passwd, or run as a user that is there"),
            new Rule(
                    fault -> fault instanceof UnknownHostException
                            && Arrays.stream(fault.getStackTrace())
                                    .anyMatch(frame -> frame.getMethodName().equals("getLocalHost")),
                    ExitCode.USAGE,
                    fault -> "the name of this host has no address (" + firstLine(fault.getMessage())
                            + "): add it to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1 where all runs on this host"),
            new Rule(
                    UnknownHostException.class::isInstance,
                    ExitCode.UNEXPECTED,
                    fault -> "a host is not known: " + firstLine(fault.getMessage())
                            + ". Check its name, and the name server of this machine" + AGAIN),
            new Rule(
                    fault -> fault instanceof Exception exception
                            && StorageFaults.kind(exception) == StorageFaults.Kind.FULL,
                    ExitCode.UNEXPECTED,
                    fault -> "a disk is full: make room for the output, and for temporary files (/tmp, spark.local.dir)"
                            + AGAIN),
            new Rule(
                    says("stopped SparkContext|SparkContext was shut down"),
                    ExitCode.UNEXPECTED,
                    fault ->
                            "Spark was stopped while it worked, and the log says why: its master does not answer, or the"
                                    + " application was ended there" + AGAIN));

    static Explanation of(Throwable fault) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = fault; each != null && !chain.contains(each); each = each.getCause()) {
            chain.add(each);
        }
        return RULES.stream()
                .flatMap(rule -> chain.stream().filter(rule.applies).limit(1).map(each -> explained(rule, each)))
                .findFirst()
                .orElseGet(() -> unexpected(chain));
    }

    private static Explanation explained(Rule rule, Throwable fault) {
        return new Explanation(
                fault instanceof UserException user ? user.exitCode() : rule.exitCode, rule.sentence.apply(fault));
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
                "unexpected: " + firstLine(chain.get(0).toString()) + place + ". " + TRACE
                        + "=1 in the environment shows the stack trace");
    }

    private static Predicate<Throwable> says(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return fault -> pattern.matcher(String.valueOf(fault.getMessage())).find();
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("").strip();
    }
}
