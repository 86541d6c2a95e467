package org.sparkxception.job;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.report.RunReport;

/**
 * How a run ended.
 *
 * @param reportPath where the report lies in full
 * @param htmlPath where it lies as a page for people, if there is one
 * @param nothingLeft whether an earlier run had done it all
 */
public record Outcome(
        RunReport report, String reportPath, Optional<String> htmlPath, boolean nothingLeft, JobSettings settings) {
    public ExitCode exitCode() {
        return report.images().failedFraction() > settings.maxFailedFraction()
                ? ExitCode.TOO_MANY_FAILURES
                : ExitCode.COMPLETE;
    }
}
