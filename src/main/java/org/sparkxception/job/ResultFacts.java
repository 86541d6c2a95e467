package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;
import org.sparkxception.result.ResultSchema;

/** Reads back from the results what became of the images: Spark counts, so that the driver holds a few rows only. */
final class ResultFacts {
    private static final int EXAMPLES = 10;

    private ResultFacts() {}

    /** The results, each row with the number of its chunk. */
    static Dataset<Row> read(SparkSession spark, String output) {
        return spark.read()
                .schema(ResultSchema.schema(List.of(), "").add(ResultSchema.CHUNK, DataTypes.IntegerType))
                .parquet(output);
    }

    /** @throws IllegalStateException if a chunk has other than one row an image */
    static Images of(SparkSession spark, String output, Plan plan) {
        Dataset<Row> results = read(spark, output);
        requireEveryRow(results, output, plan);
        Map<String, Long> byStatus = new TreeMap<>();
        for (Row row : results.groupBy(ResultSchema.STATUS).count().collectAsList()) {
            byStatus.put(row.getString(0), row.getLong(1));
        }
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        boolean allOk = total == byStatus.getOrDefault(ResultSchema.OK, 0L);
        return new Images(total, byStatus, allOk ? List.of() : failures(results), topClasses(results));
    }

    /** What the job promises is checked on every run: a row an image. */
    private static void requireEveryRow(Dataset<Row> results, String output, Plan plan) {
        Map<Integer, Long> rows = results.groupBy(ResultSchema.CHUNK).count().collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getInt(0), row -> row.getLong(1)));
        for (PlannedChunk chunk : plan.chunks()) {
            long there = rows.getOrDefault(chunk.number(), 0L);
            if (there != chunk.rows()) {
                throw new IllegalStateException(
                        "chunk %d of %s has %d rows, but %d images were planned: delete its directory, and %s, and run again"
                                .formatted(chunk.number(), output, there, chunk.rows(), output + "/_SUCCESS"));
            }
        }
    }

    private static List<Failure> failures(Dataset<Row> results) {
        return results
                .filter(col(ResultSchema.STATUS).notEqual(ResultSchema.OK))
                .orderBy(ResultSchema.PATH)
                .select(ResultSchema.PATH, ResultSchema.STATUS, ResultSchema.ERROR)
                .takeAsList(EXAMPLES)
                .stream()
                .map(row -> new Failure(row.getString(0), row.getString(1), row.getString(2)))
                .toList();
    }

    private static List<ClassCount> topClasses(Dataset<Row> results) {
        return results
                .filter(col(ResultSchema.LABEL).isNotNull())
                .groupBy(ResultSchema.LABEL)
                .count()
                .orderBy(desc("count"), col(ResultSchema.LABEL))
                .takeAsList(EXAMPLES)
                .stream()
                .map(row -> new ClassCount(row.getString(0), row.getLong(1)))
                .toList();
    }
}
