package org.sparkxception.readback;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.sparkxception.report.Evaluation.Cell;

/** Counts for the comparison of the results with the truth: at most one cell per pair of classes. */
final class TruthCounts implements Serializable {
    private static final long serialVersionUID = 1;

    /** Bins of the same width for the calibration error. */
    static final int BINS = 15;

    private final TreeMap<Integer, TreeMap<Integer, Long>> cells = new TreeMap<>();
    private final long[] images = new long[BINS];
    private final long[] correct = new long[BINS];
    private final double[] scores = new double[BINS];
    private long inTop;
    private long notScored;
    private long otherTruth;
    private long withoutTruth;

    void add(ResultRow row) {
        if (!row.hasTruth()) {
            withoutTruth++;
        } else if (!row.hasClass()) {
            notScored++;
        } else if (!row.hasTrueClass()) {
            otherTruth++;
        } else {
            int bin = Math.max((int) Math.ceil((double) row.score() * BINS), 1) - 1;
            addScored(row, Math.min(bin, BINS - 1));
        }
    }

    private void addScored(ResultRow row, int bin) {
        addCell(row.trueClass(), row.bestClass(), 1);
        inTop += row.isTrueClassInTop() ? 1 : 0;
        images[bin]++;
        correct[bin] += row.trueClass() == row.bestClass() ? 1 : 0;
        scores[bin] += row.score();
    }

    private void addCell(int trueClass, int bestClass, long count) {
        cells.computeIfAbsent(trueClass, unseen -> new TreeMap<>()).merge(bestClass, count, Long::sum);
    }

    void merge(TruthCounts other) {
        other.cells.forEach((trueClass, row) -> row.forEach((best, count) -> addCell(trueClass, best, count)));
        Arrays.setAll(images, i -> images[i] + other.images[i]);
        Arrays.setAll(correct, i -> correct[i] + other.correct[i]);
        Arrays.setAll(scores, i -> scores[i] + other.scores[i]);
        inTop += other.inTop;
        notScored += other.notScored;
        otherTruth += other.otherTruth;
        withoutTruth += other.withoutTruth;
    }

    /** The nonzero cells of the confusion matrix, by class. */
    List<Cell> cells() {
        List<Cell> found = new ArrayList<>();
        cells.forEach((trueClass, row) -> row.forEach((best, count) -> found.add(new Cell(trueClass, best, count))));
        return found;
    }

    /** Number of images in a bin of the best score. */
    long images(int bin) {
        return images[bin];
    }

    /** Number of images in a bin whose best class is the true class. */
    long correct(int bin) {
        return correct[bin];
    }

    /** Sum of the best scores in a bin. */
    double scores(int bin) {
        return scores[bin];
    }

    /** Number of images whose true class is among their top 5. */
    long inTop() {
        return inTop;
    }

    long notScored() {
        return notScored;
    }

    long otherTruth() {
        return otherTruth;
    }

    long withoutTruth() {
        return withoutTruth;
    }
}
