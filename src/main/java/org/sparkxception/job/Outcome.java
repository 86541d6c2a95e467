package org.sparkxception.job;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.RunReport;
import org.sparkxception.report.RunReport.Images;

/**
 * The result of a run.
 *
 * @param reportPath path of {@code report.json}
 * @param htmlPath path of {@code report.html}; empty if the output has none
 * @param nothingLeft whether the output was already complete
 * @param unplanned number of input images that a complete output does not include; 0 if the run had something to do
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

    /** The reason why the run is not a success although all results are written (exit code 4). */
    public Optional<UserException> fault() {
        Images images = report.images();
        Evaluation evaluation = report.evaluation();
        if (images.failedFraction() > settings.maxFailedFraction()) {
            return tooMany(
                    "%,d of %,d images failed".formatted(images.failed(), images.total()),
                    images.failedFraction(),
                    "the column error has the reason for each");
        }
        if (evaluation.otherTruthFraction() > settings.maxFailedFraction()) {
            long others = evaluation.aside().otherTruth();
            return tooMany(
                    "the truth of %,d of %,d scored images is not one of the model's labels, for example %s"
                            .formatted(
                                    others,
                                    evaluation.images() + others,
                                    evaluation.aside().otherTruths().get(0)),
                    evaluation.otherTruthFraction(),
                    "check `truth`, and the labels that describe-model shows");
        }
        return Optional.empty();
    }

    private Optional<UserException> tooMany(String what, double share, String remedy) {
        return Optional.of(new UserException(
                ExitCode.TOO_MANY_FAILURES,
                "%s (%.1f%%), more than `max-failed-fraction` %s allows. All results are written; %s"
                        .formatted(what, 100 * share, settings.maxFailedFraction(), remedy)));
    }
}
