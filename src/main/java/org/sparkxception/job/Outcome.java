package org.sparkxception.job;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.Evaluation;
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
        Evaluation evaluation = report.evaluation();
        if (images.failedFraction() > settings.maxFailedFraction()) {
            return tooMany(
                    "%,d of %,d images failed".formatted(images.failed(), images.total()),
                    images.failedFraction(),
                    "the column error says what is wrong with each");
        }
        if (evaluation.otherTruthFraction() > settings.maxFailedFraction()) {
            long others = evaluation.aside().otherTruth();
            return tooMany(
                    "the truth of %,d of %,d scored images is none of the model's labels, such as %s"
                            .formatted(
                                    others,
                                    evaluation.images() + others,
                                    evaluation.aside().otherTruths().get(0)),
                    evaluation.otherTruthFraction(),
                    "check --truth, and the labels that describe-model shows");
        }
        return Optional.empty();
    }

    private Optional<UserException> tooMany(String what, double share, String remedy) {
        return Optional.of(new UserException(
                ExitCode.TOO_MANY_FAILURES,
                "%s (%.1f%%), more than --max-failed-fraction %s allows. All results are written: %s"
                        .formatted(what, 100 * share, settings.maxFailedFraction(), remedy)));
    }
}
