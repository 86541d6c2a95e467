package org.sparkxception.readback;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkxception.model.ClassScores.Kind;
import org.sparkxception.model.Labels;
import org.sparkxception.report.ConfusionMatrix;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.Evaluation.Aside;
import org.sparkxception.report.Evaluation.Bin;
import org.sparkxception.report.Evaluation.ClassFigures;
import org.sparkxception.result.ResultSchema;

/** Compares results with the truth. */
public final class Evaluator {
    private static final int EXAMPLES = 10;

    private final Dataset<Row> results;
    private final TruthCounts counts;
    private final Labels labels;
    private final int topK;
    private final Kind scores;

    private final Map<String, Double> measures = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Evaluator(Dataset<Row> results, ResultSummary summary, Labels labels, int topK, Kind scores) {
        this.results = results;
        this.counts = summary.truth();
        this.labels = labels;
        this.topK = topK;
        this.scores = scores;
    }

    /**
     * Evaluates results. Reads them again only if there are truths that are not classes of the model.
     *
     * @param summary of these results
     * @param topK number of predictions per row
     * @param scores the kind of the scores
     */
    public static Evaluation of(Dataset<Row> results, ResultSummary summary, Labels labels, int topK, Kind scores) {
        return new Evaluator(results, summary, labels, topK, scores).evaluate();
    }

    private Evaluation evaluate() {
        ConfusionMatrix matrix = new ConfusionMatrix(counts.cells(), labels.names());
        List<Bin> bins = List.of();
        if (matrix.images() > 0) {
            measures.put(Evaluation.ACCURACY, matrix.accuracy());
            if (scores == Kind.INDEPENDENT) {
                notes.add(
                        "accuracy covers the best class only: the network gives each class an independent probability,"
                                + " and an image can belong to several");
            }
            measureTop(matrix.images());
            measures.put(Evaluation.MACRO_PRECISION, matrix.mean(ClassFigures::precision));
            measures.put(Evaluation.MACRO_RECALL, matrix.mean(ClassFigures::recall));
            measures.put(Evaluation.MACRO_F1, matrix.mean(ClassFigures::f1));
            bins = measureCalibration(matrix.images());
        }
        return new Evaluation(
                matrix.images(),
                matrix.met(),
                measures,
                notes,
                new Aside(
                        counts.notScored(),
                        counts.otherTruth(),
                        counts.otherTruth() > 0 ? otherTruths() : List.of(),
                        counts.withoutTruth()),
                matrix.classes(),
                matrix.cells(),
                bins);
    }

    private void measureTop(long images) {
        int needed = Math.min(ResultRow.TOP, labels.names().size());
        if (topK >= needed) {
            measures.put(Evaluation.TOP_5, (double) counts.inTop() / images);
        } else {
            notes.add("top-5 accuracy is not available: top-k is " + topK + " but must be at least " + needed);
        }
    }

    /** Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3; bins of the same width. */
    private List<Bin> measureCalibration(long images) {
        if (scores != Kind.EXCLUSIVE) {
            notes.add("the calibration error is not available: "
                    + switch (scores) {
                        case INDEPENDENT -> "the class probabilities are independent of each other";
                        case OF_PROGRAM -> "it is unknown whether the probabilities of the model's program sum to 1";
                        default -> "scores are not probabilities with activation none";
                    });
            return List.of();
        }
        List<Bin> bins = new ArrayList<>();
        double error = 0;
        for (int i = 0; i < TruthCounts.BINS; i++) {
            long inBin = counts.images(i);
            if (inBin > 0) {
                double meanScore = counts.scores(i) / inBin;
                double accuracy = (double) counts.correct(i) / inBin;
                bins.add(new Bin(
                        (double) i / TruthCounts.BINS, (i + 1.0) / TruthCounts.BINS, inBin, meanScore, accuracy));
                error += Math.abs(accuracy - meanScore) * inBin / images;
            }
        }
        measures.put(Evaluation.CALIBRATION_ERROR, error);
        return bins;
    }

    /** Not a part of the summary: there can be as many of them as images. */
    private List<String> otherTruths() {
        return results
                .filter(col(ResultSchema.TRUTH)
                        .isNotNull()
                        .and(col(ResultSchema.LABEL).isNotNull()))
                .filter(udf(new IsOtherTruth(labels.classes().keySet()), DataTypes.BooleanType)
                        .apply(col(ResultSchema.TRUTH)))
                .groupBy(ResultSchema.TRUTH)
                .count()
                .orderBy(desc("count"), col(ResultSchema.TRUTH))
                .takeAsList(EXAMPLES)
                .stream()
                .map(row -> row.<String>getAs(ResultSchema.TRUTH))
                .toList();
    }
}
