package org.sparkxception.readback;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.ScoreBin;

/** The best classes of the images, and a histogram of their scores. */
final class ScoreCounts implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int BINS = 20;

    private final double from;
    private final double to;
    private final long[] bins = new long[BINS];
    private final HashMap<String, OfClass> classes = new HashMap<>();

    private static final class OfClass implements Serializable {
        private static final long serialVersionUID = 1;

        private long images;
        private double score;

        private void add(long moreImages, double moreScore) {
            images += moreImages;
            score += moreScore;
        }
    }

    /**
     * Creates a histogram.
     *
     * @param from start of the first bin
     * @param to end of the last bin
     */
    ScoreCounts(double from, double to) {
        this.from = from;
        this.to = to;
    }

    void add(ResultRow row) {
        int bin = (int) Math.floor((row.score() - from) / (to - from) * BINS);
        bins[Math.max(0, Math.min(bin, BINS - 1))]++;
        ofClass(row.label()).add(1, row.score());
    }

    void merge(ScoreCounts other) {
        Arrays.setAll(bins, i -> bins[i] + other.bins[i]);
        other.classes.forEach((label, more) -> ofClass(label).add(more.images, more.score));
    }

    private OfClass ofClass(String label) {
        return classes.computeIfAbsent(label, unseen -> new OfClass());
    }

    /** Number of images that have a score. */
    long images() {
        return Arrays.stream(bins).sum();
    }

    /** The classes, most frequent first, with their mean scores. */
    List<ClassScore> classes() {
        return classes.entrySet().stream()
                .map(entry -> new ClassScore(
                        entry.getKey(), entry.getValue().images, entry.getValue().score / entry.getValue().images))
                .sorted(Comparator.comparingLong(ClassScore::images).reversed().thenComparing(ClassScore::label))
                .toList();
    }

    /** Bins of equal width, including empty ones; no bins if no image has a score. */
    List<ScoreBin> bins() {
        List<ScoreBin> found = new ArrayList<>();
        double width = (to - from) / BINS;
        for (int i = 0; i < BINS && !classes.isEmpty(); i++) {
            found.add(new ScoreBin(from + i * width, i == BINS - 1 ? to : from + (i + 1) * width, bins[i]));
        }
        return found;
    }
}
