package org.sparkxception.inference.trial;

import java.io.Serializable;

/** Agreement of the scores at a lower precision with those in float32, over a number of images. */
public final class Agreement implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int TOP = 5;

    private long images;
    private long sameBest;
    private long bestAmongTop;
    private double sumOfDifferences;
    private double largestDifference;

    /** Adds an image: its scores in float32 and at the lower precision, one per class. */
    public void add(float[] exact, float[] lower) {
        int rank = rank(best(exact), lower);
        images++;
        sameBest += rank == 0 ? 1 : 0;
        bestAmongTop += rank < TOP ? 1 : 0;
        double sum = 0;
        for (int i = 0; i < exact.length; i++) {
            double difference = Math.abs(exact[i] - lower[i]);
            sum += difference;
            largestDifference = Math.max(largestDifference, difference);
        }
        sumOfDifferences += sum / exact.length;
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    /** Number of classes that do not rank after a class. Equal scores rank by index; NaN does not rank after anything. */
    private static int rank(int index, float[] scores) {
        int better = 0;
        for (int i = 0; i < scores.length; i++) {
            boolean behind = scores[i] < scores[index] || (scores[i] == scores[index] && i >= index);
            better += behind ? 0 : 1;
        }
        return better;
    }

    /** Number of images compared. */
    public long images() {
        return images;
    }

    /** Share of images with the same best class, 0 to 1. */
    public double top1() {
        return (double) sameBest / images;
    }

    /** Share of images whose best class in float32 is among the five best at the lower precision, 0 to 1. */
    public double top5() {
        return (double) bestAmongTop / images;
    }

    /** Largest absolute difference between the two scores of a class. */
    public double largestDifference() {
        return largestDifference;
    }

    /** Mean absolute difference over classes and images. */
    public double meanDifference() {
        return sumOfDifferences / images;
    }
}
