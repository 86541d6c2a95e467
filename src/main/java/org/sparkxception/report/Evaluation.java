package org.sparkxception.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Accuracy of a run, over the scored images whose true class is a class of the model.
 *
 * @param images number of these images
 * @param met number of them whose best class is the true class
 * @param measures by name ({@link #ACCURACY} and so on), each from 0 to 1; measures that are not available are absent
 * @param notes restrictions of the measures, and why one is not available
 * @param aside images that are not evaluated
 * @param classes those that occur, as truth or as prediction, in the order of the model
 * @param confusion the nonzero cells of the confusion matrix
 * @param calibration the bins that are not empty
 */
public record Evaluation(
        long images,
        long met,
        Map<String, Double> measures,
        List<String> notes,
        Aside aside,
        List<ClassFigures> classes,
        List<Cell> confusion,
        List<Bin> calibration) {
    public static final String ACCURACY = "accuracy";
    public static final String TOP_5 = "top5";
    public static final String MACRO_PRECISION = "macroPrecision";
    public static final String MACRO_RECALL = "macroRecall";
    public static final String MACRO_F1 = "macroF1";
    public static final String CALIBRATION_ERROR = "expectedCalibrationError";

    /** The evaluation of a run without truth. */
    public static Evaluation none() {
        return new Evaluation(
                0, 0, Map.of(), List.of(), new Aside(0, 0, List.of(), 0), List.of(), List.of(), List.of());
    }

    /** Share of the scored images with a truth, 0 to 1, whose truth is not a class of the model. */
    public double otherTruthFraction() {
        return aside.otherTruth == 0 ? 0 : (double) aside.otherTruth / (images + aside.otherTruth);
    }

    /** Whether the results can be compared with a truth. */
    boolean hasTruth() {
        return images > 0 || !aside.inWords().isEmpty();
    }

    /**
     * Images that are not evaluated.
     *
     * @param notScored images with a truth that could not be scored
     * @param otherTruth scored images whose truth is not a class of the model
     * @param otherTruths the most frequent of these truths
     * @param withoutTruth images that have no truth
     */
    public record Aside(long notScored, long otherTruth, List<String> otherTruths, long withoutTruth) {
        /** The count of each kind, in words; only kinds that occur. */
        String inWords() {
            List<String> kinds = new ArrayList<>();
            if (otherTruth > 0) {
                kinds.add(Formats.images(otherTruth) + " whose truth is not one of the model's labels, for example "
                        + otherTruths.get(0));
            }
            if (notScored > 0) {
                kinds.add(Formats.images(notScored) + " that " + (notScored == 1 ? "was" : "were") + " not scored");
            }
            if (withoutTruth > 0) {
                kinds.add(Formats.images(withoutTruth) + " without a truth");
            }
            return String.join("; ", kinds);
        }
    }

    /**
     * Figures of a class. A ratio with denominator 0 is 0.
     *
     * @param support number of images whose true class this is
     * @param predicted number of images whose best class this is
     * @param precision share of the predicted images that are of this class
     * @param recall share of the images of this class that were predicted as this class
     * @param f1 harmonic mean of precision and recall
     */
    public record ClassFigures(
            int index, String label, long support, long predicted, double precision, double recall, double f1) {}

    /** A cell of the confusion matrix, in JSON {@code [truth, predicted, images]} with class indexes. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Cell(int truth, int predicted, long images) {}

    /**
     * Images whose best score is above {@code from} and at most {@code to}.
     *
     * @param score mean of the best scores
     * @param accuracy share of the images whose best class is the true class
     */
    public record Bin(double from, double to, long images, double score, double accuracy) {}
}
