package org.sparkxception.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkxception.report.Evaluation.Cell;
import org.sparkxception.report.Evaluation.ClassFigures;
import org.sparkxception.report.ReportView.Item;

/** The values of the accuracy section in {@code report.mustache}. */
final class AccuracyView {
    /** Maximum number of classes for which the confusion matrix is drawn. */
    private static final int MATRIX = 24;

    private static final int CONFUSIONS = 12;
    private static final int FIGURES = 200;

    private final Evaluation evaluation;

    /**
     * A cell of the matrix.
     *
     * @param kind {@code right}, {@code wrong} or {@code none}
     * @param shade from 0 to 1
     * @param strong whether the shade is dark enough to need light digits
     */
    record Shaded(String count, String kind, String shade, boolean strong) {}

    record MatrixRow(String label, List<Shaded> cells) {}

    record Confusion(String truth, String predicted, String count, String share) {}

    record Figures(String label, String support, String predicted, String precision, String recall, String f1) {}

    record CalibrationRow(String range, String count, String score, String accuracy) {}

    AccuracyView(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    Map<String, Object> values() {
        Map<String, Object> values = new TreeMap<>();
        values.put("hasAccuracy", evaluation.hasTruth());
        values.put("judged", Formats.count(evaluation.images()));
        values.put("measures", measures());
        values.put("notes", evaluation.notes());
        String aside = evaluation.aside().inWords();
        values.put("notJudged", aside.isEmpty() ? List.of() : List.of(aside));
        boolean drawn = !evaluation.classes().isEmpty() && evaluation.classes().size() <= MATRIX;
        values.put("hasMatrix", drawn);
        values.put(
                "matrixLabels",
                evaluation.classes().stream().map(ClassFigures::label).toList());
        values.put("matrix", drawn ? matrix() : List.of());
        List<Confusion> confusions = confusions();
        values.put("confusions", confusions);
        values.put("hasConfusions", !confusions.isEmpty());
        values.put("hasFigures", !evaluation.classes().isEmpty());
        values.put("figures", figures());
        values.put("figuresLeftOut", evaluation.classes().size() > FIGURES);
        values.put("hasCalibration", !evaluation.calibration().isEmpty());
        values.put(
                "calibration",
                evaluation.calibration().stream()
                        .map(bin -> new CalibrationRow(
                                "%s – %s".formatted(Formats.shortScore(bin.from()), Formats.shortScore(bin.to())),
                                Formats.count(bin.images()),
                                Formats.shortScore(bin.score()),
                                Formats.shortScore(bin.accuracy())))
                        .toList());
        return values;
    }

    private List<Item> measures() {
        List<Item> measures = new ArrayList<>();
        add(measures, "Accuracy", Evaluation.ACCURACY);
        add(measures, "Top-5 accuracy", Evaluation.TOP_5);
        add(measures, "Macro precision", Evaluation.MACRO_PRECISION);
        add(measures, "Macro recall", Evaluation.MACRO_RECALL);
        add(measures, "Macro F1", Evaluation.MACRO_F1);
        add(measures, "Calibration error", Evaluation.CALIBRATION_ERROR);
        return measures;
    }

    private void add(List<Item> measures, String name, String measure) {
        Double value = evaluation.measures().get(measure);
        if (value != null) {
            measures.add(new Item(name, Formats.score(value)));
        }
    }

    private List<MatrixRow> matrix() {
        Map<Integer, Map<Integer, Long>> counts = new HashMap<>();
        for (Cell cell : evaluation.confusion()) {
            counts.computeIfAbsent(cell.truth(), truth -> new HashMap<>()).put(cell.predicted(), cell.images());
        }
        List<MatrixRow> rows = new ArrayList<>();
        for (ClassFigures truth : evaluation.classes()) {
            Map<Integer, Long> row = counts.getOrDefault(truth.index(), Map.of());
            List<Shaded> cells = evaluation.classes().stream()
                    .map(predicted -> shaded(
                            row.getOrDefault(predicted.index(), 0L),
                            truth.support(),
                            truth.index() == predicted.index()))
                    .toList();
            rows.add(new MatrixRow(truth.label(), cells));
        }
        return rows;
    }

    /** Errors are rare: their shade grows with the square root of their share, so that they are visible. */
    private static Shaded shaded(long count, long support, boolean right) {
        if (count == 0) {
            return new Shaded("0", "none", "0", false);
        }
        double share = (double) count / support;
        double shade = right ? share : Math.sqrt(share);
        return new Shaded(Formats.count(count), right ? "right" : "wrong", Formats.shortScore(shade), shade > 0.6);
    }

    private List<Confusion> confusions() {
        Map<Integer, ClassFigures> classes = new HashMap<>();
        evaluation.classes().forEach(figures -> classes.put(figures.index(), figures));
        return evaluation.confusion().stream()
                .filter(cell -> cell.truth() != cell.predicted())
                .sorted(Comparator.comparingLong(Cell::images)
                        .reversed()
                        .thenComparingInt(Cell::truth)
                        .thenComparingInt(Cell::predicted))
                .limit(CONFUSIONS)
                .map(cell -> new Confusion(
                        classes.get(cell.truth()).label(),
                        classes.get(cell.predicted()).label(),
                        Formats.count(cell.images()),
                        Formats.percent((double) cell.images()
                                / classes.get(cell.truth()).support())))
                .toList();
    }

    /** The classes with the lowest F1 first, up to {@value #FIGURES}. */
    private List<Figures> figures() {
        return evaluation.classes().stream()
                .sorted(Comparator.comparingDouble(ClassFigures::f1).thenComparingInt(ClassFigures::index))
                .limit(FIGURES)
                .map(figures -> new Figures(
                        figures.label(),
                        Formats.count(figures.support()),
                        Formats.count(figures.predicted()),
                        Formats.shortScore(figures.precision()),
                        Formats.shortScore(figures.recall()),
                        Formats.shortScore(figures.f1())))
                .toList();
    }
}
