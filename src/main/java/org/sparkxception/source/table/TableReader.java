package org.sparkxception.source.table;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.storage.FileSystems;

/**
 * Reads the files of tables so that a row is found again: a file falls into the same blocks every time, whichever files are read
 * with it, and a block's rows come in the order of the file.
 */
final class TableReader {
    /** Files of fewer bytes are one block. */
    private static final long BLOCK_BYTES = 32 << 20;

    private static final Map<String, String> FIXED = Map.of(
            "spark.sql.files.maxPartitionBytes", String.valueOf(BLOCK_BYTES),
            "spark.sql.files.openCostInBytes", String.valueOf(4 << 20),
            "spark.sql.files.minPartitionNum", "1",
            "spark.sql.files.ignoreCorruptFiles", "false",
            "spark.sql.files.ignoreMissingFiles", "false",
            "spark.sql.sources.useV1SourceList", "avro,csv,json,kafka,orc,parquet,text",
            // A truth of 01 is no number.
            "spark.sql.sources.partitionColumnTypeInference.enabled", "false");

    private final SparkSession session;
    private final String format;

    TableReader(SparkSession session, String format) {
        this.session = session.newSession();
        FIXED.forEach(this.session.conf()::set);
        this.format = format;
    }

    /** The tables at these places: an input is itself where it is there, else a glob. */
    Dataset<Row> table(List<String> inputs) throws IOException {
        Configuration configuration = session.sparkContext().hadoopConfiguration();
        boolean globs = inputs.stream().anyMatch(input -> !isThere(new Path(input), configuration));
        LocalTables.check(inputs, globs, configuration);
        return reader(globs).load(inputs.toArray(String[]::new));
    }

    private static boolean isThere(Path path, Configuration configuration) {
        try {
            return FileSystems.of(path, configuration).exists(path);
        } catch (IOException e) {
            return false;
        }
    }

    /** A column of these files of tables. */
    Dataset<Row> files(Collection<String> files, StructType schema) {
        return reader(false).schema(schema).load(files.toArray(String[]::new));
    }

    /** The columns of these files of tables. */
    StructType schema(Collection<String> files) {
        return reader(false).load(files.toArray(String[]::new)).schema();
    }

    private DataFrameReader reader(boolean globs) {
        return session.read().format(format).option("__globPaths__", String.valueOf(globs));
    }
}
