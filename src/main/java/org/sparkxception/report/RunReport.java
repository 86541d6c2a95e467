package org.sparkxception.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a run: the contents of {@code report.json}. Counts are read back from the results, so that they also hold for a
 * run that was resumed; times are of this process alone.
 */
public record RunReport(
        String output,
        Images images,
        Evaluation evaluation,
        Speed speed,
        Model model,
        Precision precision,
        Plan plan,
        List<Executor> executors,
        Map<String, Double> secondsOfStages,
        String fingerprint,
        Map<String, Map<String, String>> settings,
        Map<String, String> versions) {

    /**
     * What became of the images.
     *
     * @param total rows in the results
     * @param byStatus rows of each status that occurs
     * @param failures some of the rows that are not ok
     * @param topClasses the classes with the most images
     */
    public record Images(long total, Map<String, Long> byStatus, List<Failure> failures, List<ClassCount> topClasses) {
        public long failed() {
            return total - byStatus.getOrDefault("ok", 0L);
        }

        public double failedFraction() {
            return total == 0 ? 0 : (double) failed() / total;
        }
    }

    public record Failure(String path, String status, String error) {}

    public record ClassCount(String label, long images) {}

    /**
     * How fast this process was.
     *
     * @param scored images that went through the network now
     * @param steadyImagesPerSecond over the second half of the images; of a short run, from the first scored batch to the last
     * @param secondsToFirstBatch from the start of the driver's JVM until the first batch went into the network
     * @param seconds of the whole job, from the opened output to the finished one
     * @param batches that went through the network
     * @param slotsBusy share of the time, from the first scoring task to the end of the last, that Spark's slots had a task that
     *     did not wait for images
     */
    public record Speed(
            long scored,
            double steadyImagesPerSecond,
            double secondsToFirstBatch,
            double seconds,
            long batches,
            long bytes,
            double slotsBusy) {}

    /**
     * The model, and how often it was loaded: once an executor and device.
     *
     * @param fallbacks loads in which the portable program took the place of the fused one
     * @param halvings batches that did not fit into the memory of a device, and were halved
     */
    public record Model(String fingerprint, long loads, long predictors, long fallbacks, long halvings) {}

    /**
     * In what numbers the network was computed, and how far its scores agreed with those in float32 on some of the run's own images.
     * Without a comparison the last four are null, and not in the file.
     *
     * @param name fp32, bf16, fp16 or int8
     * @param calibratedOnSample whether the model came without a calibration, and images of the run made one
     * @param images how many were compared; none at fp32, and of a model without classes
     * @param tried how many images there were to take them from, of which others may not have been decoded
     * @param top1 share of those that were compared with the same best class
     * @param top5 share of them whose best class in float32 is among the five best
     * @param meanDifference of scores, over classes and images
     * @param largestDifference of scores
     */
    public record Precision(
            String name,
            boolean calibratedOnSample,
            long images,
            long tried,
            @JsonInclude(Include.NON_NULL) Double top1,
            @JsonInclude(Include.NON_NULL) Double top5,
            @JsonInclude(Include.NON_NULL) Double meanDifference,
            @JsonInclude(Include.NON_NULL) Double largestDifference) {
        /** Nothing was compared. */
        public static Precision alone(String name, boolean calibratedOnSample, long tried) {
            return new Precision(name, calibratedOnSample, 0, tried, null, null, null, null);
        }

        /** Whether there is something to compare. */
        boolean isBelowFp32() {
            return !name.equals("fp32");
        }
    }

    /** What was planned, and what was left out. */
    public record Plan(
            long images, long bytes, int chunks, int chunksDoneBefore, long duplicates, long hidden, long excluded) {
        /** What was left out, by its kind in words, and how much of it; only kinds that occur. */
        Map<String, Long> leftOut() {
            Map<String, Long> kinds = new LinkedHashMap<>();
            kinds.put("hidden names (they begin with _ or .)", hidden);
            kinds.put("files whose names match no --include", excluded);
            kinds.put("images found a second time", duplicates);
            kinds.values().removeIf(count -> count == 0);
            return kinds;
        }
    }

    /**
     * What an executor computed with; those that came after the run had begun are not among them.
     *
     * @param name Spark's; {@code driver} in local mode
     * @param device {@code cpu}, or {@code gpu} and its index
     * @param engine libtorch and its version
     * @param program the precision, and what was unusual
     */
    public record Executor(String name, String host, String device, String engine, String program) {}
}
