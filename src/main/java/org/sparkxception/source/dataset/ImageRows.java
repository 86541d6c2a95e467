package org.sparkxception.source.dataset;

import java.sql.Timestamp;
import java.time.Instant;
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
    /** The name of an {@link Absence}. Plans of earlier versions do not have this column. */
    static final String ABSENT = "absent";

    public static final StructType SCHEMA = new StructType()
            .add(PATH, DataTypes.StringType, false)
            .add(SIZE, DataTypes.LongType, false)
            .add(MODIFIED, DataTypes.TimestampType, false)
            .add(TRUTH, DataTypes.StringType)
            .add(VERSION, DataTypes.StringType)
            .add(CONTAINER, DataTypes.StringType)
            .add(START, DataTypes.LongType)
            .add(RECORD, DataTypes.LongType)
            .add(ABSENT, DataTypes.StringType);

    private ImageRows() {}

    /** The columns of {@link #SCHEMA}. */
    public static Row row(ImageRef image) {
        Place place = image.place();
        return RowFactory.create(
                image.path(),
                image.size(),
                Timestamp.from(image.modified()),
                image.truth().orElse(null),
                image.version().orElse(null),
                place instanceof Place.InContainer part ? part.container() : null,
                place instanceof Place.InContainer part ? part.start() : null,
                place instanceof Place.SplitRecord record ? record.number() : null,
                place instanceof Place.Absent absent ? absent.reason().name() : null);
    }

    /** The image in a row that has the columns of {@link #SCHEMA}. */
    public static ImageRef image(Row row) {
        return placed(row)
                .withTruth(Optional.ofNullable(row.getAs(TRUTH)))
                .withVersion(Optional.ofNullable(row.getAs(VERSION)));
    }

    private static ImageRef placed(Row row) {
        String path = row.getAs(PATH);
        long size = row.<Long>getAs(SIZE);
        Instant modified = row.<Timestamp>getAs(MODIFIED).toInstant();
        String absent = row.getAs(ABSENT);
        if (absent != null) {
            return ImageRef.absent(path, Absence.valueOf(absent));
        }
        String container = row.getAs(CONTAINER);
        if (container != null) {
            long start = row.<Long>getAs(START);
            Long record = row.getAs(RECORD);
            return ImageRef.file(path, size, modified)
                    .at(
                            record == null
                                    ? new Place.FileRange(container, start)
                                    : new Place.SplitRecord(container, start, record));
        }
        boolean found = size != 0 || !modified.equals(Instant.EPOCH);
        return found ? ImageRef.file(path, size, modified) : ImageRef.missing(path);
    }
}
