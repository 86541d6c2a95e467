package org.sparkxception.source.dataset;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
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

    /** A struct of the dataset's columns that go to the results. Only listings and plans of runs that keep columns have it. */
    public static final String KEPT = "kept";

    /** The column of the results with the path that a manifest contains, if columns are kept. */
    public static final String GIVEN_PATH = "given_path";

    private ImageRows() {}

    /** The columns of images with these kept columns, which can be none. */
    public static StructType schema(StructType kept) {
        return withKept(SCHEMA, kept);
    }

    /** A schema with {@link #KEPT}, unless no columns are kept. */
    public static StructType withKept(StructType schema, StructType kept) {
        return kept.isEmpty() ? schema : schema.add(KEPT, kept);
    }

    /** A row with values for {@link #KEPT}, unless there are none. */
    public static Row withKept(Row row, List<Object> kept) {
        if (kept.isEmpty()) {
            return row;
        }
        Object[] values = Arrays.copyOf(fields(row), row.size() + 1);
        values[row.size()] = RowFactory.create(kept.toArray());
        return RowFactory.create(values);
    }

    /** The kept columns in a schema, all nullable and without metadata; none if it has none. */
    public static StructType kept(StructType schema) {
        StructType kept = new StructType();
        if (schema.getFieldIndex(KEPT).isDefined()) {
            for (StructField field : ((StructType) schema.apply(KEPT).dataType()).fields()) {
                kept = kept.add(field.name(), field.dataType());
            }
        }
        return kept;
    }

    /** The values of the kept columns of a row. */
    public static List<Object> kept(Row row) {
        return Arrays.asList(
                fields(row.schema().getFieldIndex(KEPT).isDefined() ? row.<Row>getAs(KEPT) : RowFactory.create()));
    }

    /** The columns of {@link #SCHEMA}, and {@link #KEPT} if the image has values of kept columns. */
    public static Row row(ImageRef image) {
        return withKept(withoutKept(image), image.kept());
    }

    private static Object[] fields(Row row) {
        Object[] values = new Object[row.size()];
        Arrays.setAll(values, row::get);
        return values;
    }

    private static Row withoutKept(ImageRef image) {
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

    /** The image in a row that has the columns of {@link #SCHEMA}, and perhaps {@link #KEPT}. */
    public static ImageRef image(Row row) {
        return placed(row)
                .withTruth(Optional.ofNullable(row.getAs(TRUTH)))
                .withVersion(Optional.ofNullable(row.getAs(VERSION)))
                .withKept(kept(row));
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
