package org.sparkxception.report;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkxception.PlainText;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;

/** The summary that is printed at the end of a run. */
public final class Summary {
    private static final int LABEL_WIDTH = 14;

    private final RunReport report;
    private final StringBuilder text = new StringBuilder();

    private Summary(RunReport report) {
        this.report = report;
    }

    /**
     * Formats the summary.
     *
     * @param reportPath path of {@code report.json}
     * @param htmlPath path of {@code report.html}; empty if there is none
     */
    public static String of(RunReport report, String reportPath, Optional<String> htmlPath) {
        Summary summary = new Summary(report);
        summary.images();
        summary.evaluation();
        summary.precision();
        summary.speed();
        summary.leftOut();
        summary.line("results", report.output());
        summary.line("report", reportPath);
        htmlPath.ifPresent(path -> summary.line("", path));
        return summary.text.toString();
    }

    private void images() {
        Images images = report.images();
        String statuses = images.byStatus().entrySet().stream()
                .map(entry -> "%,d %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
        line("images", "%,d: %s".formatted(images.total(), statuses));
        for (Failure failure : images.failures()) {
            line("", "%s  %s: %s".formatted(failure.status(), shortened(failure.path()), failure.error()));
        }
        if (images.failed() > images.failures().size()) {
            line(
                    "",
                    "… and %,d more"
                            .formatted(images.failed() - images.failures().size()));
        }
        if (!images.topClasses().isEmpty()) {
            line(
                    "top classes",
                    images.topClasses().stream()
                            .map(entry -> "%s %,d".formatted(entry.label(), entry.images()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private void evaluation() {
        Evaluation evaluation = report.evaluation();
        if (evaluation.images() > 0) {
            line(
                    "accuracy",
                    "%.4f (%,d of %,d images with a known class)%s"
                            .formatted(
                                    evaluation.measures().get(Evaluation.ACCURACY),
                                    evaluation.met(),
                                    evaluation.images(),
                                    measure(", top-5 accuracy %.4f", Evaluation.TOP_5)));
            line(
                    "",
                    measure("macro F1 %.4f", Evaluation.MACRO_F1)
                            + measure(", expected calibration error %.4f", Evaluation.CALIBRATION_ERROR));
            evaluation.notes().forEach(note -> line("", note));
        }
        String aside = evaluation.aside().inWords();
        if (!aside.isEmpty()) {
            line(evaluation.images() > 0 ? "" : "accuracy", "not evaluated: " + aside);
        }
    }

    private String measure(String format, String name) {
        Double value = report.evaluation().measures().get(name);
        return value == null ? "" : format.formatted(value);
    }

    private void precision() {
        RunReport.Precision precision = report.precision();
        if (precision.images() > 0) {
            line(
                    "precision",
                    "%s: same best class as fp32 for %.1f%% of %,d sample images (fp32's best class in the top 5 for %.1f%%)"
                            .formatted(
                                    precision.name(),
                                    100 * precision.top1(),
                                    precision.images(),
                                    100 * precision.top5()));
            line(
                    "",
                    "scores differ by %.5f on average, by %.4f at most%s"
                            .formatted(
                                    precision.meanDifference(),
                                    precision.largestDifference(),
                                    precision.calibratedOnSample() ? "; calibrated on images of this run" : ""));
        } else if (precision.isBelowFp32()) {
            line("precision", precision.name() + ": not compared with fp32 because no sample image had class scores");
        }
    }

    private void speed() {
        RunReport.Speed speed = report.speed();
        if (speed.scored() == 0) {
            return;
        }
        line(
                "speed",
                "%,.1f images/s steady, %,d images in %,.1f s total"
                        .formatted(speed.steadyImagesPerSecond(), speed.scored(), speed.seconds()));
        double total = report.secondsOfStages().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        line(
                "thread time",
                report.secondsOfStages().entrySet().stream()
                        .map(stage -> "%s %.0f%%".formatted(stage.getKey(), 100 * stage.getValue() / total))
                        .collect(Collectors.joining(", ")));
        if (report.model().fallbacks() > 0) {
            line("warning", "a machine could not use the fused program: the slower portable program ran there");
        }
        if (report.model().halvings() > 0) {
            line(
                    "warning",
                    "batches halved because they did not fit in memory: %,d; use a smaller batch-size"
                            .formatted(report.model().halvings()));
        }
    }

    private void leftOut() {
        RunReport.Plan plan = report.plan();
        String leftOut = plan.leftOut().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "%,d %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
        if (!leftOut.isEmpty()) {
            line("left out", leftOut);
        }
        if (plan.chunksDoneBefore() > 0) {
            line("resumed", "%,d of %,d chunks were already done".formatted(plan.chunksDoneBefore(), plan.chunks()));
        }
    }

    private void line(String label, String content) {
        text.append(("%-" + LABEL_WIDTH + "s%s%n").formatted(label, PlainText.of(content)));
    }

    private static String shortened(String path) {
        int slash = path.lastIndexOf('/');
        return path.substring(path.lastIndexOf('/', slash - 1) + 1);
    }
}
