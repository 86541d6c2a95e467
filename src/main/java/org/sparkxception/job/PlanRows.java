package org.sparkxception.job;

import java.sql.Timestamp;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.source.ImageRef;
import scala.Tuple2;

/** How the plan's images stand in its files. These are ORC, since nothing beside the results may be called *.parquet. */
final class PlanRows {
    static final String CHUNK = "chunk";

    static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("size", DataTypes.LongType, false)
            .add("modified", DataTypes.TimestampType, false)
            .add("truth", DataTypes.StringType)
            .add(CHUNK, DataTypes.IntegerType, false);

    private PlanRows() {}

    static Row row(Tuple2<Integer, ImageRef> numbered) {
        ImageRef image = numbered._2();
        return RowFactory.create(
                image.path(),
                image.size(),
                Timestamp.from(image.modified()),
                image.truth().orElse(null),
                numbered._1());
    }

    static ImageRef image(Row row) {
        return new ImageRef(
                row.getString(0),
                row.getLong(1),
                row.getTimestamp(2).toInstant(),
                Optional.ofNullable(row.getString(3)));
    }
}
