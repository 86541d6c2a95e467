package org.sparkxception.job;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunReport;
import org.sparkxception.report.RunReport.Images;

/**
 * How a run ended.
 *
 * @param reportPath where the report lies in full
 * @param htmlPath where it lies as a page for people, if there is one
 * @param nothingLeft whether an earlier run had done it all
 * @param unplanned images of the input that are not in the output, which nothing was left to do in
 */
public record Outcome(
        RunReport report,
        String reportPath,
        Optional<String> htmlPath,
        boolean nothingLeft,
        long unplanned,
        JobSettings settings) {
    public ExitCode exitCode() {
        return fault().map(UserException::exitCode).orElse(ExitCode.COMPLETE);
    }

    /** Why the run is not a success, though all its results are written (exit code 4). */
    public Optional<UserException> fault() {
        Images images = report.images();
        if (images.failedFraction() <= settings.maxFailedFraction()) {
            return Optional.empty();
        }
        return Optional.of(new UserException(
                ExitCode.TOO_MANY_FAILURES,
                "%,d of %,d images failed (%.1f%%), more than --max-failed-fraction %s allows. All results are written: the column error says what is wrong with each"
                        .formatted(
                                images.failed(),
                                images.total(),
                                100 * images.failedFraction(),
                                settings.maxFailedFraction())));
    }
}
