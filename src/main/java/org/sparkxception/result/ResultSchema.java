package org.sparkxception.result;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the results, and the rows that fill them: one an image, whatever happened to it. */
public final class ResultSchema {
    /** Counts up when a column changes its meaning. */
    public static final int VERSION = 1;

    public static final String PATH = "path";
    public static final String STATUS = "status";
    public static final String ERROR = "error";
    public static final String LABEL = "label";
    public static final String TRUTH = "truth";

    /** Keys of the metadata of the column {@code scores}. */
    public static final String METADATA_LABELS = "labels";

    public static final String METADATA_MODEL = "model";

    /** The status of an image that was scored. */
    public static final String OK = "ok";

    private ResultSchema() {}

    /** The schema; the column of all scores tells the labels and the model's fingerprint in its metadata. */
    public static StructType schema(List<String> labels, String modelFingerprint) {
        Metadata ofScores = new MetadataBuilder()
                .putStringArray(METADATA_LABELS, labels.toArray(String[]::new))
                .putString(METADATA_MODEL, modelFingerprint)
                .build();
        StructType prediction = new StructType()
                .add("index", DataTypes.IntegerType, false)
                .add(LABEL, DataTypes.StringType, false)
                .add("score", DataTypes.FloatType, false);
        return new StructType()
                .add(PATH, DataTypes.StringType, false)
                .add("size", DataTypes.LongType, false)
                .add("modified", DataTypes.TimestampType, false)
                .add(STATUS, DataTypes.StringType, false)
                .add(ERROR, DataTypes.StringType)
                .add("width", DataTypes.IntegerType)
                .add("height", DataTypes.IntegerType)
                .add(LABEL, DataTypes.StringType)
                .add("score", DataTypes.FloatType)
                .add("predictions", DataTypes.createArrayType(prediction, false))
                .add(new StructField("scores", DataTypes.createArrayType(DataTypes.FloatType, false), true, ofScores))
                .add(TRUTH, DataTypes.StringType);
    }

    /**
     * The row of an image that was scored.
     *
     * @param predictions best first, at least one
     * @param scores of every class, where they are asked for
     */
    public static Row scored(
            ImageIdentity image, int width, int height, List<Prediction> predictions, Optional<float[]> scores) {
        Object[] top = predictions.stream()
                .map(prediction -> RowFactory.create(prediction.index(), prediction.label(), prediction.score()))
                .toArray();
        return row(
                image,
                OK,
                null,
                width,
                height,
                predictions.get(0).label(),
                predictions.get(0).score(),
                top,
                scores.orElse(null));
    }

    /** The row of an image that could not be scored, and why; width and height where they are known. */
    public static Row failed(
            ImageIdentity image, String status, String error, Optional<Integer> width, Optional<Integer> height) {
        return row(image, status, error, width.orElse(null), height.orElse(null), null, null, null, null);
    }

    private static Row row(ImageIdentity image, Object... columns) {
        Object[] values = new Object[4 + columns.length];
        values[0] = image.path();
        values[1] = image.size();
        values[2] = java.sql.Timestamp.from(image.modified());
        System.arraycopy(columns, 0, values, 3, columns.length);
        values[values.length - 1] = image.truth().orElse(null);
        return RowFactory.create(values);
    }
}
