package org.sparkxception.job;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.RunReport.Images;

/** The limit of failures above which a run is not a success, although all results are written. */
final class FailureLimit {
    private FailureLimit() {}

    /**
     * The reason why the limit is exceeded (exit code 4).
     *
     * @param maxFailedFraction maximum share of failed images, and of truths that are not labels of the model, from 0 to 1
     */
    static Optional<UserException> exceeded(Images images, Evaluation evaluation, double maxFailedFraction) {
        if (images.failedFraction() > maxFailedFraction) {
            return tooMany(
                    "%,d of %,d images failed".formatted(images.failed(), images.total()),
                    images.failedFraction(),
                    maxFailedFraction,
                    "the column error has the reason for each");
        }
        if (evaluation.otherTruthFraction() > maxFailedFraction) {
            long others = evaluation.aside().otherTruth();
            return tooMany(
                    "the truth of %,d of %,d scored images is not one of the model's labels, for example %s"
                            .formatted(
                                    others,
                                    evaluation.images() + others,
                                    evaluation.aside().otherTruths().get(0)),
                    evaluation.otherTruthFraction(),
                    maxFailedFraction,
                    "check `truth`, and the labels that describe-model shows");
        }
        return Optional.empty();
    }

    private static Optional<UserException> tooMany(String what, double share, double maximum, String remedy) {
        return Optional.of(new UserException(
                ExitCode.TOO_MANY_FAILURES,
                "%s (%.1f%%), more than `max-failed-fraction` %s allows. All results are written; %s"
                        .formatted(what, 100 * share, maximum, remedy)));
    }
}
