package org.sparkxception.source.table;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.storage.FileSystems;

/**
 * Reads the files of tables reproducibly, so that a row can be located again: a file is always divided into the same blocks,
 * regardless of the files that are read with it, and the rows of a block keep the order of the file.
 */
final class TableReader {
    /** The maximum size of a block; smaller files are a single block. */
    private static final long BLOCK_BYTES = 32 << 20;

    static final String FILE = "file";
    static final String BLOCK_START = "block_start";
    static final String MODIFIED = "modified";

    private static final Map<String, String> FIXED = Map.of(
            "spark.sql.files.maxPartitionBytes", String.valueOf(BLOCK_BYTES),
            "spark.sql.files.openCostInBytes", String.valueOf(4 << 20),
            "spark.sql.files.minPartitionNum", "1",
            "spark.sql.files.ignoreCorruptFiles", "false",
            "spark.sql.files.ignoreMissingFiles", "false",
            "spark.sql.sources.useV1SourceList", "avro,csv,json,kafka,orc,parquet,text",
            // Keep partition values as text: a truth of 01 is not a number.
            "spark.sql.sources.partitionColumnTypeInference.enabled", "false");

    private final SparkSession session;
    private final String format;

    TableReader(SparkSession session, String format) {
        this.session = session.newSession();
        FIXED.forEach(this.session.conf()::set);
        this.format = format;
    }

    /** The tables at these inputs. If one of the inputs does not exist, all are globs. */
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

    /** The rows of these table files, with the columns of the schema. */
    Dataset<Row> files(Collection<String> files, StructType schema) {
        return reader(false).schema(schema).load(files.toArray(String[]::new));
    }

    /** The columns of a table's rows that locate them: the {@link #FILE}, percent-encoded, its {@link #BLOCK_START} and {@link #MODIFIED}. */
    static List<Column> location(Dataset<Row> table) {
        Column metadata = table.metadataColumn("_metadata");
        return List.of(
                metadata.getField("file_path").as(FILE),
                metadata.getField("file_block_start").as(BLOCK_START),
                metadata.getField("file_modification_time").as(MODIFIED));
    }

    /** The schema of these table files. */
    StructType schema(Collection<String> files) {
        return reader(false).load(files.toArray(String[]::new)).schema();
    }

    private DataFrameReader reader(boolean globs) {
        return session.read().format(format).option("__globPaths__", String.valueOf(globs));
    }
}
