package org.sparkxception.readback;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.unix_micros;

import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkxception.model.Labels;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.result.ResultSchema;

/** The part of a row of the results that a summary needs. Not a record, because Kryo cannot read records. */
public final class ResultRow implements Serializable {
    private static final long serialVersionUID = 1;

    /** Number of predictions that count for top-5 accuracy. */
    static final int TOP = 5;

    private static final int NONE = -1;

    private static final String MICROS = "micros";
    private static final String TOP_CLASSES = "top_classes";

    private final int chunk;
    private final String path;
    private final long size;
    private final long micros;
    private final String status;
    private final String error;
    private final String label;
    private final float score;
    private final String truth;
    private final int trueClass;
    private final int bestClass;
    private final boolean trueClassInTop;

    /** @param classes indexes of the classes by the words of a truth, see {@link Labels#classes} */
    ResultRow(Row row, Map<String, Integer> classes) {
        List<Integer> top =
                row.isNullAt(row.fieldIndex(TOP_CLASSES)) ? List.of() : row.getList(row.fieldIndex(TOP_CLASSES));
        Float best = row.getAs(ResultSchema.SCORE);
        chunk = row.<Integer>getAs(ResultSchema.CHUNK);
        path = row.getAs(ResultSchema.PATH);
        size = row.<Long>getAs(ResultSchema.SIZE);
        micros = row.<Long>getAs(MICROS);
        status = row.getAs(ResultSchema.STATUS);
        error = row.getAs(ResultSchema.ERROR);
        label = row.getAs(ResultSchema.LABEL);
        score = best == null ? 0 : best;
        truth = row.getAs(ResultSchema.TRUTH);
        trueClass = truth == null ? NONE : classes.getOrDefault(Labels.compared(truth), NONE);
        bestClass = top.isEmpty() ? NONE : top.get(0);
        trueClassInTop = top.contains(trueClass);
    }

    /** The columns of results that the constructor reads. */
    static Dataset<Row> columns(Dataset<Row> results) {
        return results.select(
                col(ResultSchema.CHUNK),
                col(ResultSchema.PATH),
                col(ResultSchema.SIZE),
                unix_micros(col(ResultSchema.MODIFIED)).as(MICROS),
                col(ResultSchema.STATUS),
                col(ResultSchema.ERROR),
                col(ResultSchema.LABEL),
                col(ResultSchema.SCORE),
                col(ResultSchema.TRUTH),
                slice(col("predictions.index"), 1, TOP).as(TOP_CLASSES));
    }

    int chunk() {
        return chunk;
    }

    public String path() {
        return path;
    }

    public long size() {
        return size;
    }

    public Instant modified() {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    String status() {
        return status;
    }

    boolean isOk() {
        return status.equals(ResultSchema.OK);
    }

    Failure failure() {
        return new Failure(path, status, error);
    }

    /** Whether the image has a best class and its score. */
    boolean hasClass() {
        return label != null;
    }

    public String label() {
        return label;
    }

    /** Score of the best class; 0 if there is none. */
    public float score() {
        return score;
    }

    boolean hasTruth() {
        return truth != null;
    }

    /** Whether the truth is a class of the model. */
    boolean hasTrueClass() {
        return trueClass != NONE;
    }

    int trueClass() {
        return trueClass;
    }

    int bestClass() {
        return bestClass;
    }

    boolean isTrueClassInTop() {
        return trueClassInTop;
    }

    /** The truth, if it is a class of the model other than the best one; otherwise empty. */
    public String missedTruth() {
        return hasTrueClass() && trueClass != bestClass ? truth : "";
    }
}
