package org.sparkxception.job;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.model.ClassScores.Kind;
import org.sparkxception.model.Labels;
import org.sparkxception.report.ConfusionMatrix;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.Evaluation.Aside;
import org.sparkxception.report.Evaluation.Bin;
import org.sparkxception.report.Evaluation.Cell;
import org.sparkxception.report.Evaluation.ClassFigures;
import org.sparkxception.result.ResultSchema;

/** Compares results with the truth. Spark counts; the driver holds at most one cell per pair of classes. */
final class Evaluator {
    private static final int BINS = 15;
    private static final int TOP = 5;
    private static final int EXAMPLES = 10;

    private static final String WORD = "word";
    private static final String CLASS = "class";
    private static final String BEST = "best";
    private static final String IN_TOP = "in_top";
    private static final String HAS_TRUTH = "has_truth";
    private static final String BIN = "bin";
    private static final String IMAGES = "images";
    private static final String CORRECT = "correct";

    private final Labels labels;
    private final int topK;
    private final Kind scores;
    private final Dataset<Row> results;

    private final List<Cell> cells = new ArrayList<>();
    private final Map<String, Double> measures = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long inTop;
    private long notScored;
    private long otherTruth;
    private long withoutTruth;

    /** See {@link Labels#compared}. */
    private static final class Compared implements UDF1<String, String> {
        private static final long serialVersionUID = 1;

        @Override
        public String call(String word) {
            return word == null ? null : Labels.compared(word);
        }
    }

    private Evaluator(Dataset<Row> results, Labels labels, int topK, Kind scores) {
        this.labels = labels;
        this.topK = topK;
        this.scores = scores;
        this.results = withClass(results);
    }

    /**
     * Evaluates results.
     *
     * @param topK number of predictions per row
     * @param scores the kind of the scores
     */
    static Evaluation of(Dataset<Row> results, Labels labels, int topK, Kind scores) {
        return new Evaluator(results, labels, topK, scores).evaluate();
    }

    /** The results with the index of the true class and that of the best class. */
    private Dataset<Row> withClass(Dataset<Row> rows) {
        List<Row> classes = labels.classes().entrySet().stream()
                .map(entry -> RowFactory.create(entry.getKey(), entry.getValue()))
                .toList();
        StructType schema = new StructType().add(WORD, DataTypes.StringType).add(CLASS, DataTypes.IntegerType);
        Column indexes = col("predictions.index");
        Column word = udf(new Compared(), DataTypes.StringType).apply(col(ResultSchema.TRUTH));
        return rows.withColumn(WORD, word)
                .join(broadcast(rows.sparkSession().createDataFrame(classes, schema)), new String[] {WORD}, "left")
                .select(
                        col(ResultSchema.TRUTH),
                        col(CLASS),
                        indexes.getItem(0).as(BEST),
                        col(ResultSchema.SCORE),
                        array_contains(slice(indexes, 1, TOP), col(CLASS)).as(IN_TOP));
    }

    private Evaluation evaluate() {
        countCells();
        ConfusionMatrix matrix = new ConfusionMatrix(cells, labels.names());
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
                new Aside(notScored, otherTruth, otherTruth > 0 ? otherTruths() : List.of(), withoutTruth),
                matrix.classes(),
                matrix.cells(),
                bins);
    }

    private void countCells() {
        Column hasTruth = col(ResultSchema.TRUTH).isNotNull();
        for (Row row : results.groupBy(col(CLASS), col(BEST), hasTruth.as(HAS_TRUTH))
                .agg(count("*").as(IMAGES), count(when(col(IN_TOP), 1)).as(IN_TOP))
                .orderBy(CLASS, BEST)
                .collectAsList()) {
            long images = row.getAs(IMAGES);
            if (!row.<Boolean>getAs(HAS_TRUTH)) {
                withoutTruth += images;
            } else if (row.getAs(BEST) == null) {
                notScored += images;
            } else if (row.getAs(CLASS) == null) {
                otherTruth += images;
            } else {
                cells.add(new Cell(row.getAs(CLASS), row.getAs(BEST), images));
                inTop += row.<Long>getAs(IN_TOP);
            }
        }
    }

    private void measureTop(long images) {
        int needed = Math.min(TOP, labels.names().size());
        if (topK >= needed) {
            measures.put(Evaluation.TOP_5, (double) inTop / images);
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
        Column score = col(ResultSchema.SCORE).cast(DataTypes.DoubleType);
        Column bin = greatest(ceil(score.multiply(BINS)), lit(1)).minus(1).cast(DataTypes.IntegerType);
        for (Row row : results.filter(col(CLASS).isNotNull().and(col(BEST).isNotNull()))
                .groupBy(bin.as(BIN))
                .agg(
                        count("*").as(IMAGES),
                        sum(score).as(ResultSchema.SCORE),
                        count(when(col(CLASS).equalTo(col(BEST)), 1)).as(CORRECT))
                .orderBy(BIN)
                .collectAsList()) {
            int number = row.getAs(BIN);
            long inBin = row.getAs(IMAGES);
            double meanScore = row.<Double>getAs(ResultSchema.SCORE) / inBin;
            double accuracy = (double) row.<Long>getAs(CORRECT) / inBin;
            bins.add(new Bin((double) number / BINS, (number + 1.0) / BINS, inBin, meanScore, accuracy));
            error += Math.abs(accuracy - meanScore) * inBin / images;
        }
        measures.put(Evaluation.CALIBRATION_ERROR, error);
        return bins;
    }

    private List<String> otherTruths() {
        return results
                .filter(col(ResultSchema.TRUTH)
                        .isNotNull()
                        .and(col(CLASS).isNull())
                        .and(col(BEST).isNotNull()))
                .groupBy(ResultSchema.TRUTH)
                .count()
                .orderBy(desc("count"), col(ResultSchema.TRUTH))
                .takeAsList(EXAMPLES)
                .stream()
                .map(row -> row.<String>getAs(ResultSchema.TRUTH))
                .toList();
    }
}
