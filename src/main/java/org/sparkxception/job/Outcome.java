package org.sparkxception.job;

import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunReport;

/**
 * The result of a run.
 *
 * @param reportPath path of {@code report.json}
 * @param htmlPath path of {@code report.html}; empty if the output has none
 * @param nothingLeft whether the output was already complete
 * @param unplanned number of input images that a complete output does not include; 0 if the run had something to do
 * @param columns of the results, as a reader sees them
 * @param fault the reason why the run is not a success although all results are written (exit code 4)
 */
public record Outcome(
        RunReport report,
        String reportPath,
        Optional<String> htmlPath,
        boolean nothingLeft,
        long unplanned,
        StructType columns,
        Optional<UserException> fault) {
    public ExitCode exitCode() {
        return fault.map(UserException::exitCode).orElse(ExitCode.COMPLETE);
    }
}
