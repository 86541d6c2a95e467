package org.sparkxception.report;

import java.util.List;
import java.util.Map;

/**
 * Data that {@code report.html} shows in addition to a {@link RunReport}: example images, and distributions of scores and speed.
 *
 * @param failures examples for each status
 * @param classes best classes of the images, most frequent first
 * @param scores histogram of the scores of the best classes; empty without scores
 * @param leastCertain the images with the lowest scores, the lowest first
 * @param mostCertain the images with the highest scores, the highest first
 * @param throughput of this process, in chronological order
 */
public record RunDetails(
        Map<String, List<RunReport.Failure>> failures,
        List<ClassScore> classes,
        List<ScoreBin> scores,
        List<Exemplar> leastCertain,
        List<Exemplar> mostCertain,
        List<Rate> throughput) {

    /**
     * A class that was found.
     *
     * @param score mean score of its images
     */
    public record ClassScore(String label, long images, double score) {}

    /** Images whose best score is at least {@code from} and below {@code to}; the last bin includes {@code to}. */
    public record ScoreBin(double from, double to, long images) {}

    /**
     * An example image.
     *
     * @param label its best class
     * @param missedTruth the truth, if it is a class of the model other than the best one; otherwise empty
     * @param thumbnail JPEG in base64; empty if there is none
     */
    public record Exemplar(String path, String label, double score, String missedTruth, String thumbnail) {}

    /**
     * Throughput around a point in time.
     *
     * @param seconds since the process started
     */
    public record Rate(double seconds, double imagesPerSecond) {}
}
