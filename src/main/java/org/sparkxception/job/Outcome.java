package org.sparkxception.job;

import org.sparkxception.ExitCode;
import org.sparkxception.report.RunReport;

/**
 * How a run ended.
 *
 * @param reportPath where the report lies in full
 * @param nothingLeft whether an earlier run had done it all
 */
public record Outcome(RunReport report, String reportPath, boolean nothingLeft, JobSettings settings) {
    public ExitCode exitCode() {
        return report.images().failedFraction() > settings.maxFailedFraction()
                ? ExitCode.TOO_MANY_FAILURES
                : ExitCode.COMPLETE;
    }
}
