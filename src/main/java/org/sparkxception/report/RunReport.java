package org.sparkxception.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkxception.ExitCode;
import org.sparkxception.result.ResultSchema;

/**
 * The report of a run: the contents of {@code report.json}. Counts are read back from the results, so that they are also correct for a
 * resumed run; times cover only this process. Its JSON Schema is {@code report.schema.json}.
 *
 * @param startedAt start time of this process's run
 * @param endedAt time of this report, which the run writes last
 * @param mode what this run did with an output that already had results, as in the settings
 * @param secondsOfStages per stage of the pipeline, summed over all threads
 * @param fingerprint SHA-256 of the settings that affect the scores
 * @param versions of spark-xception, Spark and Java
 */
public record RunReport(
        String output,
        @JsonSerialize(using = ToStringSerializer.class) Instant startedAt,
        @JsonSerialize(using = ToStringSerializer.class) Instant endedAt,
        Ending outcome,
        String mode,
        Limits limits,
        Images images,
        Evaluation evaluation,
        Speed speed,
        Model model,
        Precision precision,
        Plan plan,
        List<Executor> executors,
        @JsonSerialize(keyUsing = CamelCaseKeys.class) Map<String, Double> secondsOfStages,
        String fingerprint,
        Settings settings,
        @JsonSerialize(keyUsing = CamelCaseKeys.class) Map<String, String> versions) {

    /**
     * How the run ended. Only a run that has written all results has a report.
     *
     * @param name {@code succeeded} or {@code too_many_failures}
     */
    public record Ending(String name, int exitCode) {
        /** The end of a run that ends its process with this code. */
        public static Ending of(ExitCode code) {
            return new Ending(
                    code == ExitCode.COMPLETE ? "succeeded" : code.name().toLowerCase(Locale.ROOT), code.code());
        }
    }

    /** The settings that bound the run. */
    public record Limits(
            long chunkImages,
            long chunkBytes,
            long maxPixels,
            long maxBytes,
            double maxFailedFraction,
            double minAgreement) {}

    /**
     * The settings that identify the run, by their names.
     *
     * @param scoring those that affect the scores
     * @param planning those that select the images
     */
    public record Settings(
            @JsonSerialize(keyUsing = CamelCaseKeys.class) Map<String, String> scoring,
            @JsonSerialize(keyUsing = CamelCaseKeys.class) Map<String, String> planning) {}

    /**
     * The images of the output by status.
     *
     * @param total number of rows in the results
     * @param byStatus number of rows for each status that occurs
     * @param failures examples of rows that are not ok
     * @param topClasses the classes with the most images, most frequent first
     */
    public record Images(long total, Map<String, Long> byStatus, List<Failure> failures, List<ClassCount> topClasses) {
        public long failed() {
            return total - byStatus.getOrDefault(ResultSchema.OK, 0L);
        }

        public double failedFraction() {
            return total == 0 ? 0 : (double) failed() / total;
        }
    }

    public record Failure(String path, String status, String error) {}

    public record ClassCount(String label, long images) {}

    /**
     * The speed of this process.
     *
     * @param scored number of images that this process scored
     * @param steadyImagesPerSecond over the second half of the images; for short runs, from the first scored batch to the last
     * @param secondsToFirstBatch from the start of the driver's JVM to the start of the first batch
     * @param seconds duration of the complete job, from opening the output to finishing it
     * @param batches number of batches that were scored
     * @param bytes number of bytes that were read
     * @param slotsBusy share of slot time, 0 to 1, from the start of the first scoring task to the end of the last, in which a task ran
     *     and did not wait for images
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
     * The model, and how often it was loaded: once per executor and device.
     *
     * @param name the name of its directory, or {@code bundled}
     * @param fallbacks number of loads in which the portable program replaced the fused one
     * @param halvings number of batches that were halved because they did not fit in the memory of a device
     */
    public record Model(String name, String fingerprint, long loads, long predictors, long fallbacks, long halvings) {}

    /**
     * The precision of the network, and how well its scores agree with float32 on some of the run's own images. Without a comparison,
     * the last four are null and absent from the file.
     *
     * @param name fp32, bf16, fp16 or int8
     * @param calibratedOnSample whether the model had no calibration and was calibrated on images of the run
     * @param images number of images that were compared; 0 at fp32, and for a model without classes
     * @param tried number of sample images that they were taken from; some of these may not be decodable
     * @param top1 share of the compared images with the same best class as at float32, 0 to 1
     * @param top5 share of the compared images whose best class at float32 is in the top 5, 0 to 1
     * @param meanDifference mean absolute difference of scores, over classes and images
     * @param largestDifference largest absolute difference of scores
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
        /** A precision that was not compared with float32. */
        public static Precision alone(String name, boolean calibratedOnSample, long tried) {
            return new Precision(name, calibratedOnSample, 0, tried, null, null, null, null);
        }

        /** Whether a comparison with float32 makes sense. */
        boolean isBelowFp32() {
            return !name.equals("fp32");
        }
    }

    /** What was planned, and what was skipped. */
    public record Plan(
            long images, long bytes, int chunks, int chunksDoneBefore, long duplicates, long hidden, long excluded) {
        /** What was skipped: a description of each kind, and its count; only kinds that occur. */
        Map<String, Long> leftOut() {
            Map<String, Long> kinds = new LinkedHashMap<>();
            kinds.put("hidden names (starting with _ or .)", hidden);
            kinds.put("files whose names match no include glob", excluded);
            kinds.put("images found a second time", duplicates);
            kinds.values().removeIf(count -> count == 0);
            return kinds;
        }
    }

    /**
     * What an executor computed with. Executors that joined after the start of the run are not listed.
     *
     * @param name executor ID in Spark; {@code driver} in local mode
     * @param device {@code cpu}, or {@code gpu} and its index
     * @param engine libtorch and its version
     * @param program precision of the program, and anything unusual
     */
    public record Executor(String name, String host, String device, String engine, String program) {}
}
