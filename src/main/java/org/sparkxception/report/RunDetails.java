package org.sparkxception.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What {@code report.html} shows beside a {@link RunReport}: single images, and how scores and speed were distributed.
 *
 * @param began when this process began
 * @param ended when its last image was done
 * @param failures of each status some examples
 * @param classes that were the best of some images, the most frequent first
 * @param scores how the scores of the best classes are distributed; no bins without scores
 * @param leastCertain the images with the lowest scores, the lowest first
 * @param mostCertain the images with the highest scores, the highest first
 * @param throughput of this process, in the order of time
 */
public record RunDetails(
        Instant began,
        Instant ended,
        Map<String, List<RunReport.Failure>> failures,
        List<ClassScore> classes,
        List<ScoreBin> scores,
        List<Exemplar> leastCertain,
        List<Exemplar> mostCertain,
        List<Rate> throughput) {

    /**
     * A class that was found.
     *
     * @param score the mean of those of its images
     */
    public record ClassScore(String label, long images, double score) {}

    /** Images whose best score lies at or above {@code from} and below {@code to}; the last bin has {@code to} too. */
    public record ScoreBin(double from, double to, long images) {}

    /**
     * An image that stands for others.
     *
     * @param label its best class
     * @param missedTruth the true class, where it is known and another one; else empty
     * @param thumbnail a small JPEG in base64; empty if there is none
     */
    public record Exemplar(String path, String label, double score, String missedTruth, String thumbnail) {}

    /**
     * How fast images were done around a point of time.
     *
     * @param seconds since the process began
     */
    public record Rate(double seconds, double imagesPerSecond) {}
}
