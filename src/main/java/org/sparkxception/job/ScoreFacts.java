package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkxception.model.Activation;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.ScoreBin;
import org.sparkxception.result.ResultSchema;

/** Classes that were found and their scores, counted by Spark in one pass: the driver holds at most one row per class and bin. */
final class ScoreFacts {
    private static final int BINS = 20;

    private static final String BIN = "bin";
    private static final String IMAGES = "images";
    private static final String MIN = "min";
    private static final String MAX = "max";

    private final Map<String, ClassScore> classes = new HashMap<>();
    private final long[] bins = new long[BINS];
    private double from;
    private double to = 1;

    private ScoreFacts() {}

    /** @param activation determines the range of the scores */
    static ScoreFacts of(Dataset<Row> results, Activation activation) {
        ScoreFacts facts = new ScoreFacts();
        Dataset<Row> scored = results.filter(col(ResultSchema.LABEL).isNotNull());
        if (activation == Activation.NONE) {
            facts.findRange(scored);
        }
        facts.countAll(scored);
        return facts;
    }

    private void findRange(Dataset<Row> scored) {
        Row range = scored.agg(
                        min(ResultSchema.SCORE).as(MIN), max(ResultSchema.SCORE).as(MAX))
                .first();
        Float lowest = range.getAs(MIN);
        if (lowest != null) {
            from = lowest;
            to = Math.max(range.<Float>getAs(MAX), Math.nextUp(lowest));
        }
    }

    private void countAll(Dataset<Row> scored) {
        Column score = col(ResultSchema.SCORE).cast(DataTypes.DoubleType);
        Column place = floor(score.minus(from).divide(to - from).multiply(BINS));
        Column bin = greatest(least(place, lit(BINS - 1L)), lit(0L)).cast(DataTypes.IntegerType);
        for (Row row : scored.groupBy(col(ResultSchema.LABEL), bin.as(BIN))
                .agg(count("*").as(IMAGES), sum(score).as(ResultSchema.SCORE))
                .collectAsList()) {
            String label = row.getAs(ResultSchema.LABEL);
            long images = row.getAs(IMAGES);
            bins[row.<Integer>getAs(BIN)] += images;
            // Here the score is the sum; the mean is computed when all rows are counted.
            classes.merge(
                    label,
                    new ClassScore(label, images, row.getAs(ResultSchema.SCORE)),
                    (one, other) ->
                            new ClassScore(one.label(), one.images() + other.images(), one.score() + other.score()));
        }
    }

    /** Number of images that have a score. */
    long images() {
        return Arrays.stream(bins).sum();
    }

    /** The classes, most frequent first, with their mean scores. */
    List<ClassScore> classes() {
        return classes.values().stream()
                .map(found -> new ClassScore(found.label(), found.images(), found.score() / found.images()))
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
