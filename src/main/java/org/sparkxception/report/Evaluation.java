package org.sparkxception.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How well the truth was met, over the scored images whose true class is one of the model's.
 *
 * @param images how many these are
 * @param met how many of them have their true class as the best
 * @param measures by name ({@link #ACCURACY} and so on); what is not known is not there
 * @param notes why a measure is not known
 * @param aside images that are not judged
 * @param classes those that occur, as truth or as prediction, in the order of the model
 * @param confusion the cells that are not 0
 * @param calibration the bins that hold images
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

    /** That of a run without truth. */
    public static Evaluation none() {
        return new Evaluation(
                0, 0, Map.of(), List.of(), new Aside(0, 0, List.of(), 0), List.of(), List.of(), List.of());
    }

    /** Share of the scored images with a truth whose truth is none of the model's classes. */
    public double otherTruthFraction() {
        return aside.otherTruth == 0 ? 0 : (double) aside.otherTruth / (images + aside.otherTruth);
    }

    /** Whether the run has a truth to compare with. */
    boolean hasTruth() {
        return images > 0 || !aside.inWords().isEmpty();
    }

    /**
     * Images that are not judged.
     *
     * @param notScored images with a truth that are corrupt, or the like
     * @param otherTruth scored images whose truth is none of the model's classes
     * @param otherTruths the most frequent of these truths
     * @param withoutTruth images that have none
     */
    public record Aside(long notScored, long otherTruth, List<String> otherTruths, long withoutTruth) {
        /** How many there are of each kind; only kinds that occur. */
        String inWords() {
            List<String> kinds = new ArrayList<>();
            if (otherTruth > 0) {
                kinds.add(Formats.images(otherTruth) + " whose truth is none of the model's labels, such as "
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
     * A class: what is divided by 0 is 0.
     *
     * @param support images that are of this class
     * @param predicted images for which it was the best
     * @param precision how many of the predicted are of this class
     * @param recall how many that are of this class were predicted so
     * @param f1 the harmonic mean of the two
     */
    public record ClassFigures(
            int index, String label, long support, long predicted, double precision, double recall, double f1) {}

    /** Images of one class that were put in one class, as {@code [truth, predicted, images]} of classes' indexes. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Cell(int truth, int predicted, long images) {}

    /**
     * Images whose best score lies above {@code from} and not above {@code to}.
     *
     * @param score the mean
     * @param accuracy how many of them met their truth
     */
    public record Bin(double from, double to, long images, double score, double accuracy) {}
}
