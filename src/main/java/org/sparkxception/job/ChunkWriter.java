package org.sparkxception.job;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRef;

/**
 * Writes the rows of chunks, sorted by path, in files of a target size: one file per chunk, unless its rows need more. Writing is a stage
 * of its own after scoring, in one task, so the number of files does not depend on the number of tasks, and an executor that is lost
 * costs only the rows that it had scored and that were not written yet.
 */
final class ChunkWriter {
    /** Row groups are what readers skip, and what they read in parallel. */
    private static final long ROW_GROUP_BYTES = 32 << 20;

    /** A row without scores of all classes and without an embedding. */
    private static final long ROW_BYTES = 128;

    private static final long EMBEDDING_VALUES = 2048;

    private static final Map<String, String> OPTIONS = Map.of(
            "compression",
            "zstd",
            "parquet.block.size",
            String.valueOf(ROW_GROUP_BYTES),
            // Scores hardly repeat: their dictionaries would be built and then discarded.
            "parquet.enable.dictionary#" + ResultSchema.SCORES + ".list.element",
            "false",
            "parquet.enable.dictionary#" + ResultSchema.EMBEDDING + ".list.element",
            "false",
            // The files of a task become visible only when the chunk is committed.
            "mapreduce.fileoutputcommitter.algorithm.version",
            "1",
            // The file that says that a chunk is complete; a cluster's settings can omit it.
            "mapreduce.fileoutputcommitter.marksuccessfuljobs",
            "true");

    private final SparkSession session;
    private final RunDirectory directory;
    private final List<String> labels;
    private final String fingerprint;
    private final StructType kept;
    private final StructType schema;
    private final Column model;
    private final long rowsPerFile;

    ChunkWriter(Run run) {
        this.session = run.spark().newSession();
        // An adaptive query is several Spark jobs: the one that writes would wait behind the tasks of the next chunk.
        session.conf().set("spark.sql.adaptive.enabled", "false");
        // Spark's default is INT96, which Parquet has deprecated and which has no statistics.
        session.conf().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
        this.directory = run.directory();
        this.labels = run.classScores().labelsOfAll(run.model().labels());
        this.fingerprint = run.model().fingerprint();
        this.kept = run.plan().kept();
        this.schema = ResultSchema.withKept(ResultSchema.schema(labels, fingerprint), kept);
        this.model = struct(
                lit(run.settings().modelName()).as(ResultSchema.MODEL_NAME),
                lit(fingerprint).as(ResultSchema.MODEL_FINGERPRINT));
        this.rowsPerFile = run.settings().targetFileSize() / rowBytes(run);
    }

    /** The approximate size of a row in a file. */
    private static long rowBytes(Run run) {
        ScoringSettings scoring = run.settings().scoring();
        long scores = scoring.allScores() ? run.model().network().classes() : 0;
        long embedding = scoring.embedding() ? EMBEDDING_VALUES : 0;
        return ROW_BYTES + Float.BYTES * (scores + embedding);
    }

    /** Writes the rows of a chunk, and the rows that it keeps of a chunk that it replaces. */
    void write(Chunk chunk, List<ImageRef> images, JavaRDD<Row> scored) {
        Dataset<Row> rows = session.createDataFrame(
                        scored, ResultSchema.withKept(ResultSchema.rows(labels, fingerprint), kept))
                .withColumn(ResultSchema.MODEL, model)
                .select(Arrays.stream(schema.fieldNames()).map(Columns::quoted).toArray(Column[]::new));
        if (chunk.isReplacement()) {
            rows = rows.unionByName(kept(chunk, images));
        }
        rows.repartition(1)
                .sortWithinPartitions(ResultSchema.PATH)
                .write()
                // Deletes the files of an interrupted attempt. Object stores can list its folders for a while longer.
                .mode(SaveMode.Overwrite)
                .option("maxRecordsPerFile", rowsPerFile)
                .options(OPTIONS)
                .parquet(directory.chunkDirectory(chunk.number()));
    }

    private Dataset<Row> kept(Chunk chunk, List<ImageRef> images) {
        Dataset<Row> scoredAgain = session.createDataset(
                        images.stream().map(ImageRef::path).toList(), Encoders.STRING())
                .toDF(ResultSchema.PATH);
        return OutputReader.of(session)
                .schema(schema)
                .parquet(directory.chunkDirectory(chunk.replaces()))
                .join(scoredAgain, new String[] {ResultSchema.PATH}, "left_anti");
    }
}
