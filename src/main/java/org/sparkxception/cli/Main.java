package org.sparkxception.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkUserAppException;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.PlainText;
import org.sparkxception.UserException;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.UriSecrets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "spark-xception",
        description = "Classifies image datasets with the Xception network on Apache Spark.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
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
            "5 the output belongs to another run, 6 the model or the device does not work, 7 another process is writing to",
            "the output; 130 and 143 interrupted by Ctrl-C and SIGTERM."
        })
public final class Main {
    /** In later versions {@code Subject.getSubject}, which Hadoop 3.4 calls, throws an exception. */
    private static final int NEWEST_JAVA = 23;

    /**
     * Set when YARN's application master runs this class. It treats every {@code System.exit} as a failure, whatever the code, so that
     * {@code main} must return or throw {@code SparkUserAppException}.
     */
    static final String YARN_APPLICATION = "spark.yarn.app.id";

    private static final Pattern SECRET_SETTING =
            Pattern.compile("(?i)((?:secret|password|token|access.?key)[\\w.-]*[=:])[^\\s',]+");

    private Main() {}

    public static void main(String[] arguments) throws SparkUserAppException {
        if (Runtime.version().feature() > NEWEST_JAVA) {
            System.exit(fail(
                    ExitCode.USAGE,
                    "Java " + Runtime.version().feature()
                            + " is too new for Hadoop, which Spark uses to read files: set JAVA_HOME to"
                            + " Java 17 or 21"));
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
                .setExecutionStrategy(Main::execute)
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

    /** Rejects credentials in all options except Spark settings: the others are written to plans, reports and messages. */
    private static int execute(ParseResult parsed) {
        for (ParseResult command = parsed; command != null; command = command.subcommand()) {
            for (OptionSpec option : command.matchedOptions()) {
                if (!option.longestName().equals(ClassifyCommand.SPARK_CONF)) {
                    refuseSecrets(option);
                }
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static void refuseSecrets(OptionSpec option) {
        try {
            option.originalStringValues()
                    .forEach(value -> StorageFaults.rejectCredentials(option.longestName(), value));
        } catch (UserException e) {
            throw new ExecutionException(option.command().commandLine(), e.getMessage(), e);
        }
    }

    /** Leaves the exit code for the process that submitted this run to a cluster; it detects invalid options itself. */
    private static void leaveNote(ParseResult parsed, int code) {
        String submission = System.getProperty(ExitCodeFile.SETTING);
        if (submission != null
                && parsed != null
                && parsed.hasSubcommand()
                && parsed.subcommand().commandSpec().userObject() instanceof ClassifyCommand classify
                && !UriSecrets.areIn(classify.output())) {
            try {
                ExitCodeFile.of(classify.output(), submission).write(code);
            } catch (IOException | RuntimeException e) {
                LoggerFactory.getLogger(Main.class)
                        .warn("cannot write the exit code {} to {}", code, classify.output(), e);
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
        return fail(ExitCode.USAGE, withoutSecretSettings(message) + " (" + command + " --help shows all options)");
    }

    /** Masks the value of a mistyped {@code --spark-conf fs.s3a.secret.key=…}. */
    private static String withoutSecretSettings(CharSequence message) {
        return SECRET_SETTING.matcher(message).replaceAll("$1***");
    }

    static int explain(Throwable fault) {
        if (System.getenv(Explanation.TRACE) != null) {
            fault.printStackTrace();
        }
        Explanation explanation = Explanation.of(fault);
        return fail(explanation.exitCode(), explanation.sentence());
    }

    static int fail(ExitCode code, String message) {
        System.err.println("spark-xception: " + PlainText.of(UriSecrets.hidden(message)));
        return code.code();
    }

    private static String firstLine(String text) {
        return Arrays.stream(String.valueOf(text).split("\n", 2)).findFirst().orElse("");
    }
}
