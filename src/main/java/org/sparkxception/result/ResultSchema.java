package org.sparkxception.result;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the results and their rows: one row per image, whether it was scored or not. */
public final class ResultSchema {
    /** Increases when the meaning of a column changes. */
    public static final int VERSION = 1;

    public static final String PATH = "path";
    public static final String SIZE = "size";
    public static final String MODIFIED = "modified";
    public static final String STATUS = "status";
    public static final String ERROR = "error";
    public static final String LABEL = "label";
    public static final String SCORE = "score";
    public static final String SCORES = "scores";
    public static final String EMBEDDING = "embedding";
    public static final String TRUTH = "truth";

    /** When the outcome of the image was known, by the clock of its executor. */
    public static final String SCORED_AT = "scored_at";

    /** The model: its {@link #MODEL_NAME} and its {@link #MODEL_FINGERPRINT}. */
    public static final String MODEL = "model";

    public static final String MODEL_NAME = "name";
    public static final String MODEL_FINGERPRINT = "fingerprint";

    /** Partition column: the number of the chunk directory. */
    public static final String CHUNK = "chunk";

    /** Metadata key of the column {@code scores}: the labels, in the order of the scores. */
    public static final String METADATA_LABELS = "labels";

    /** Metadata key of the columns {@code scores} and {@code embedding}: the fingerprint of the model. */
    public static final String METADATA_MODEL = "model";

    /** The status of an image that was scored. */
    public static final String OK = "ok";

    private ResultSchema() {}

    /**
     * The columns with the outcome of an image: {@code status, error, width, height, label, score, predictions, scores,
     * embedding}. The metadata of the last two contain the model's fingerprint, that of {@code scores} also the labels.
     */
    public static StructType outcome(List<String> labels, String modelFingerprint) {
        Metadata ofScores = new MetadataBuilder()
                .putStringArray(METADATA_LABELS, labels.toArray(String[]::new))
                .putString(METADATA_MODEL, modelFingerprint)
                .build();
        Metadata ofEmbedding = new MetadataBuilder()
                .putString(METADATA_MODEL, modelFingerprint)
                .build();
        StructType prediction = new StructType()
                .add("index", DataTypes.IntegerType, false)
                .add(LABEL, DataTypes.StringType, false)
                .add(SCORE, DataTypes.FloatType, false);
        return new StructType()
                .add(STATUS, DataTypes.StringType, false)
                .add(ERROR, DataTypes.StringType)
                .add("width", DataTypes.IntegerType)
                .add("height", DataTypes.IntegerType)
                .add(LABEL, DataTypes.StringType)
                .add(SCORE, DataTypes.FloatType)
                .add("predictions", DataTypes.createArrayType(prediction, false))
                .add(new StructField(SCORES, DataTypes.createArrayType(DataTypes.FloatType, false), true, ofScores))
                .add(new StructField(
                        EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), true, ofEmbedding));
    }

    /** The columns of the job's results: those of its {@link #row rows}, and the model, which outputs of earlier versions lack. */
    public static StructType schema(List<String> labels, String modelFingerprint) {
        return rows(labels, modelFingerprint)
                .add(
                        MODEL,
                        new StructType()
                                .add(MODEL_NAME, DataTypes.StringType)
                                .add(MODEL_FINGERPRINT, DataTypes.StringType));
    }

    /** The columns of {@link #row}: the image, its outcome, its true class, and when it was scored. */
    public static StructType rows(List<String> labels, String modelFingerprint) {
        StructType schema = new StructType()
                .add(PATH, DataTypes.StringType, false)
                .add(SIZE, DataTypes.LongType, false)
                .add(MODIFIED, DataTypes.TimestampType, false);
        for (StructField field : outcome(labels, modelFingerprint).fields()) {
            schema = schema.add(field);
        }
        return schema.add(TRUTH, DataTypes.StringType).add(SCORED_AT, DataTypes.TimestampType);
    }

    /** A row of the job's results, without the model, which is the same in all of them. */
    public static Row row(String path, long size, Instant modified, Optional<String> truth, Object[] outcome) {
        Object[] values = new Object[3 + outcome.length + 2];
        values[0] = path;
        values[1] = size;
        values[2] = Timestamp.from(modified);
        System.arraycopy(outcome, 0, values, 3, outcome.length);
        values[values.length - 2] = truth.orElse(null);
        values[values.length - 1] = Timestamp.from(Instant.now());
        return RowFactory.create(values);
    }

    /**
     * The outcome of an image that was scored.
     *
     * @param width in pixels
     * @param height in pixels
     * @param predictions best first; empty if the model has no classes: then label, score and predictions are null
     * @param scores of all classes, if requested
     * @param embedding the pooled vector, if requested
     */
    public static Object[] scored(
            int width,
            int height,
            List<Prediction> predictions,
            Optional<float[]> scores,
            Optional<float[]> embedding) {
        Optional<Prediction> best = predictions.stream().findFirst();
        Object[] top = predictions.stream()
                .map(prediction -> RowFactory.create(prediction.index(), prediction.label(), prediction.score()))
                .toArray();
        return new Object[] {
            OK,
            null,
            width,
            height,
            best.map(Prediction::label).orElse(null),
            best.map(Prediction::score).orElse(null),
            best.isPresent() ? top : null,
            scores.orElse(null),
            embedding.orElse(null)
        };
    }

    /** The outcome of an image that could not be scored, with the reason; width and height in pixels, if known. */
    public static Object[] failed(String status, String error, Optional<Integer> width, Optional<Integer> height) {
        return new Object[] {status, error, width.orElse(null), height.orElse(null), null, null, null, null, null};
    }

    /** The columns of results and the columns of the dataset that are kept beside them. */
    public static StructType withKept(StructType schema, StructType kept) {
        StructType all = schema;
        for (StructField field : kept.fields()) {
            all = all.add(field);
        }
        return all;
    }

    /** A row of results and the values of the columns that are kept beside it. */
    public static Row withKept(Row row, List<Object> kept) {
        if (kept.isEmpty()) {
            return row;
        }
        Object[] values = new Object[row.size() + kept.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < row.size() ? row.get(i) : kept.get(i - row.size());
        }
        return RowFactory.create(values);
    }
}
