package org.sparkxception.cli;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends with the exit code of a driver that ran in a cluster; called by {@code jobs/spark-submit.sh}. */
@Command(
        name = "exit-code",
        hidden = true,
        description =
                "Ends with the exit code of a run that was submitted to a cluster with these options of classify.")
final class ExitCodeCommand implements Callable<Integer> {
    @Option(names = "--submission", required = true, paramLabel = "NAME", description = "The name of the submission.")
    private String submission;

    @Mixin
    private ClassifyCommand classify;

    @Override
    public Integer call() throws IOException {
        classify.settings();
        OptionalInt exitCode = ExitCodeFile.of(classify.output(), submission).take();
        if (exitCode.isEmpty()) {
            throw new UserException(
                    ExitCode.UNEXPECTED,
                    "the driver left no exit code in " + classify.output()
                            + ": it was killed, was never started, or could not write there. See its log in the cluster");
        }
        return exitCode.getAsInt();
    }
}
