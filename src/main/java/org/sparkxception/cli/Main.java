package org.sparkxception.cli;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.SparkUserAppException;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.PlainText;
import org.sparkxception.UserException;
import org.sparkxception.cli.Explanation.Retry;
import org.sparkxception.spark.ApplicationExit;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.UriSecrets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

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
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n")
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
            ProcessEnd end = ProcessEnd.watched(Retry.of(arguments));
            int code = run(arguments);
            end.with(() -> code);
            return;
        }
        int code = run(arguments);
        if (code != ExitCode.COMPLETE.code()) {
            throw ApplicationExit.withCode(code);
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(String... arguments) {
        Retry retry = Retry.of(arguments);
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionStrategy(Main::execute)
                .setParameterExceptionHandler((e, words) -> explainUsage(e))
                .setExecutionExceptionHandler((exception, parsed, result) -> explain(exception, retry));
        Map<String, IHelpSectionRenderer> help = new HashMap<>(line.getHelpSectionMap());
        help.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, any -> "");
        help.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionSections::render);
        line.setHelpSectionMap(help);
        line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
        if (arguments.length == 0) {
            line.usage(System.err);
            return ExitCode.USAGE.code();
        }
        int code;
        try {
            code = line.execute(ConfFile.expand(arguments, line));
        } catch (RuntimeException | Error e) {
            code = explain(e, retry);
        }
        leaveNote(line.getParseResult(), code);
        return code;
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode each : ExitCode.values()) {
            meanings.put(String.valueOf(each.code()), OptionNames.in(each.meaning()));
        }
        meanings.put("129, 130, 143", "interrupted by SIGHUP, Ctrl-C or SIGTERM");
        return meanings;
    }

    /**
     * Rejects credentials in all options except Spark settings: the others are written to plans, reports and messages. The address for
     * lineage is not, and is checked with an advice of its own.
     */
    private static int execute(ParseResult parsed) {
        for (ParseResult command = parsed; command != null; command = command.subcommand()) {
            for (OptionSpec option : command.matchedOptions()) {
                if (!List.of(SparkOptions.SPARK_CONF, GeneralOptions.LINEAGE).contains(option.longestName())) {
                    refuseSecrets(option);
                }
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static void refuseSecrets(OptionSpec option) {
        String setting = option.longestName().substring("--".length());
        try {
            option.originalStringValues().forEach(value -> StorageFaults.rejectCredentials(setting, value));
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

    private static int explainUsage(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return fail(
                ExitCode.USAGE,
                withoutSecretSettings(UsageError.sentence(e)) + " (" + command + " --help shows all options)");
    }

    /** Masks the value of a mistyped {@code --spark-conf fs.s3a.secret.key=…}. */
    private static String withoutSecretSettings(String message) {
        return SECRET_SETTING.matcher(message).replaceAll("$1***");
    }

    static int explain(Throwable fault, Retry retry) {
        if (System.getenv(Explanation.TRACE) != null) {
            fault.printStackTrace();
        }
        Explanation explanation = Explanation.of(fault, retry);
        return fail(explanation.exitCode(), explanation.sentence());
    }

    static int fail(ExitCode code, String message) {
        System.err.println("spark-xception: " + PlainText.of(UriSecrets.hidden(message)));
        return code.code();
    }
}
