package org.sparkxception.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkUserAppException;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "spark-xception",
        description = "Classifies image datasets with the Xception network on Apache Spark.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClassifyCommand.class,
            ImportModelCommand.class,
            DescribeModelCommand.class,
            ExitCodeCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 complete, 1 unexpected, 2 usage or configuration, 3 input, 4 more failures than allowed,",
            "5 the output belongs to another run, 6 the model or the device does not work, 7 another process writes to the",
            "output; 130 and 143 interrupted by Ctrl-C and SIGTERM."
        })
public final class Main {
    /** From the next on, {@code Subject.getSubject}, which Hadoop 3.4 calls, throws. */
    private static final int NEWEST_JAVA = 23;

    /**
     * Is set where YARN's application master runs this. That takes an exit for a failure, whatever the code: it wants a return, or
     * this exception.
     */
    static final String YARN_APPLICATION = "spark.yarn.app.id";

    private Main() {}

    public static void main(String[] arguments) throws SparkUserAppException {
        if (Runtime.version().feature() > NEWEST_JAVA) {
            System.exit(fail(
                    ExitCode.USAGE,
                    "Java " + Runtime.version().feature()
                            + " is too new for Hadoop, which Spark reads files with: use Java"
                            + " 17 or 21 (JAVA_HOME says which)"));
        }
        if (System.getProperty(YARN_APPLICATION) == null) {
            ProcessEnd end = ProcessEnd.watched();
            int code = run(arguments);
            end.with(() -> code);
            return;
        }
        int code = run(arguments);
        if (code != ExitCode.COMPLETE.code()) {
            throw new SparkUserAppException(code, null);
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::explainUsage)
                .setExecutionExceptionHandler((exception, parsed, result) -> explain(exception));
        if (arguments.length == 0) {
            line.usage(System.err);
            return ExitCode.USAGE.code();
        }
        int code;
        try {
            code = line.execute(ConfFile.expand(arguments, line));
        } catch (RuntimeException | Error e) {
            code = explain(e);
        }
        leaveNote(line.getParseResult(), code);
        return code;
    }

    /** Leaves the exit code for who submitted this to a cluster; what is wrong with the options is seen there as well. */
    private static void leaveNote(ParseResult parsed, int code) {
        String submission = System.getProperty(ExitNote.SETTING);
        if (submission != null
                && parsed != null
                && parsed.hasSubcommand()
                && parsed.subcommand().commandSpec().userObject() instanceof ClassifyCommand classify) {
            try {
                ExitNote.of(classify.output(), submission).write(code);
            } catch (IOException | RuntimeException e) {
                LoggerFactory.getLogger(Main.class)
                        .warn("the exit code {} cannot be left in {}", code, classify.output(), e);
            }
        }
    }

    private static int explainUsage(ParameterException e, String[] arguments) {
        StringBuilder message = new StringBuilder(firstLine(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            message.append(near.isEmpty() ? "" : ": did you mean " + String.join(" or ", near) + "?");
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return fail(ExitCode.USAGE, message + " (" + command + " --help shows all options)");
    }

    static int explain(Throwable fault) {
        if (System.getenv(Explanation.TRACE) != null) {
            fault.printStackTrace();
        }
        Explanation explanation = Explanation.of(fault);
        return fail(explanation.exitCode(), explanation.sentence());
    }

    static int fail(ExitCode code, String message) {
        System.err.println("spark-xception: " + message);
        return code.code();
    }

    private static String firstLine(String text) {
        return Arrays.stream(String.valueOf(text).split("\n", 2)).findFirst().orElse("");
    }
}
