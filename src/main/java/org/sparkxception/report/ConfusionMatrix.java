package org.sparkxception.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkxception.report.Evaluation.Cell;
import org.sparkxception.report.Evaluation.ClassFigures;

/** Confusion matrix of a run, and the figures derived from it. */
public final class ConfusionMatrix {
    private final List<Cell> cells;
    private final List<ClassFigures> classes = new ArrayList<>();
    private final long images;
    private final long met;

    /**
     * Creates a matrix from counts.
     *
     * @param cells the nonzero cells, each once
     * @param labels labels of all classes, by index
     */
    public ConfusionMatrix(List<Cell> cells, List<String> labels) {
        this.cells = List.copyOf(cells);
        long[] support = new long[labels.size()];
        long[] predicted = new long[labels.size()];
        long[] right = new long[labels.size()];
        long all = 0;
        long allRight = 0;
        for (Cell cell : cells) {
            all += cell.images();
            support[cell.truth()] += cell.images();
            predicted[cell.predicted()] += cell.images();
            if (cell.truth() == cell.predicted()) {
                right[cell.truth()] += cell.images();
                allRight += cell.images();
            }
        }
        images = all;
        met = allRight;
        for (int i = 0; i < labels.size(); i++) {
            if (support[i] + predicted[i] > 0) {
                classes.add(new ClassFigures(
                        i,
                        labels.get(i),
                        support[i],
                        predicted[i],
                        share(right[i], predicted[i]),
                        share(right[i], support[i]),
                        share(2 * right[i], support[i] + predicted[i])));
            }
        }
    }

    public List<Cell> cells() {
        return cells;
    }

    /** The classes that occur, as truth or as prediction. */
    public List<ClassFigures> classes() {
        return List.copyOf(classes);
    }

    public long images() {
        return images;
    }

    public long met() {
        return met;
    }

    public double accuracy() {
        return share(met, images);
    }

    /** The macro average: the unweighted mean over the classes that occur. */
    public double mean(ToDoubleFunction<ClassFigures> figure) {
        return classes.stream().mapToDouble(figure).average().orElse(0);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
