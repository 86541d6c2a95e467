package org.sparkxception.source.dataset;

import java.sql.Timestamp;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Converts images to and from Spark rows: in listings, in plan files, and in transfers to executors. */
public final class ImageRows {
    public static final String PATH = "path";
    public static final String SIZE = "size";
    public static final String MODIFIED = "modified";
    public static final String TRUTH = "truth";
    static final String VERSION = "version";
    public static final String CONTAINER = "container";
    public static final String START = "start";
    public static final String RECORD = "record";

    /** The number of leading columns that identify an image; the other columns locate its bytes. */
    public static final int IDENTITY_COLUMNS = 4;

    public static final StructType SCHEMA = new StructType()
            .add(PATH, DataTypes.StringType, false)
            .add(SIZE, DataTypes.LongType, false)
            .add(MODIFIED, DataTypes.TimestampType, false)
            .add(TRUTH, DataTypes.StringType)
            .add(VERSION, DataTypes.StringType)
            .add(CONTAINER, DataTypes.StringType)
            .add(START, DataTypes.LongType)
            .add(RECORD, DataTypes.LongType);

    private ImageRows() {}

    public static Row row(ImageRef image) {
        return RowFactory.create(
                image.path(),
                image.size(),
                Timestamp.from(image.modified()),
                image.truth().orElse(null),
                image.version().orElse(null),
                image.isWholeFile() ? null : image.container(),
                image.isWholeFile() ? null : image.start(),
                image.isRecord() ? image.record() : null);
    }

    /** The image in a row that starts with the columns of {@link #SCHEMA}. */
    public static ImageRef image(Row row) {
        ImageRef image = ImageRef.file(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).toInstant())
                .withTruth(Optional.ofNullable(row.getString(3)))
                .withVersion(Optional.ofNullable(row.getString(4)));
        if (row.isNullAt(5)) {
            return image;
        }
        return row.isNullAt(7)
                ? image.withRange(row.getString(5), row.getLong(6))
                : image.withRecord(row.getString(5), row.getLong(6), row.getLong(7));
    }
}
