package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.result.ResultSchema;

/** Reads the files of an output through Spark. */
final class OutputReader {
    private OutputReader() {}

    /** A reader that takes paths literally: the name of a directory can contain glob characters. */
    static DataFrameReader of(SparkSession spark) {
        return spark.read().option("__globPaths__", "false");
    }

    /**
     * The results, exactly as a reader of the output would see them, each row with the number of its chunk.
     *
     * @param kept the columns of the dataset that are kept in the results
     */
    static Dataset<Row> results(SparkSession spark, RunDirectory run, StructType kept) throws IOException {
        return of(spark)
                .schema(ResultSchema.withKept(ResultSchema.schema(List.of(), ""), kept)
                        .add(ResultSchema.CHUNK, DataTypes.IntegerType))
                .option("basePath", run.root())
                .parquet(run.chunkDirectories().toArray(String[]::new));
    }
}
