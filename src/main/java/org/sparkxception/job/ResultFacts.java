package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;
import org.sparkxception.result.ResultSchema;

/** Reads back from the results what became of the images: Spark counts, so that the driver holds a few rows only. */
final class ResultFacts {
    private static final int EXAMPLES = 10;
    private static final int EXAMPLES_OF_A_STATUS = 5;

    private ResultFacts() {}

    /** The results, each row with the number of its chunk. */
    static Dataset<Row> read(SparkSession spark, String output) {
        return spark.read()
                .schema(ResultSchema.schema(List.of(), "").add(ResultSchema.CHUNK, DataTypes.IntegerType))
                .parquet(output);
    }

    /**
     * What became of the images.
     *
     * @param classes that were found, the most frequent first
     * @throws IllegalStateException if a chunk has other than one row an image
     */
    static Images of(Dataset<Row> results, String output, Plan plan, List<ClassScore> classes) {
        Map<Integer, Long> byChunk = new HashMap<>();
        Map<String, Long> byStatus = new TreeMap<>();
        for (Row row :
                results.groupBy(ResultSchema.CHUNK, ResultSchema.STATUS).count().collectAsList()) {
            byChunk.merge(row.getInt(0), row.getLong(2), Long::sum);
            byStatus.merge(row.getString(1), row.getLong(2), Long::sum);
        }
        requireEveryRow(byChunk, output, plan);
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        boolean allOk = total == byStatus.getOrDefault(ResultSchema.OK, 0L);
        return new Images(
                total,
                byStatus,
                allOk ? List.of() : failures(results, col(ResultSchema.STATUS).notEqual(ResultSchema.OK), EXAMPLES),
                classes.stream()
                        .limit(EXAMPLES)
                        .map(found -> new ClassCount(found.label(), found.images()))
                        .toList());
    }

    /** What the job promises is checked on every run: a row an image. */
    private static void requireEveryRow(Map<Integer, Long> rows, String output, Plan plan) {
        for (PlannedChunk chunk : plan.chunks()) {
            long there = rows.getOrDefault(chunk.number(), 0L);
            if (there != chunk.rows()) {
                throw new IllegalStateException(
                        "chunk %d of %s has %d rows, but %d images were planned: delete its directory, and %s, and run again"
                                .formatted(chunk.number(), output, there, chunk.rows(), output + "/_SUCCESS"));
            }
        }
    }

    /** Some failures of each status that is not ok, the first by path. */
    static Map<String, List<Failure>> failuresByStatus(Dataset<Row> results, Images images) {
        if (images.failed() == images.failures().size()) {
            return images.failures().stream()
                    .collect(Collectors.groupingBy(Failure::status, TreeMap::new, Collectors.toList()));
        }
        Map<String, List<Failure>> examples = new TreeMap<>();
        for (String status : images.byStatus().keySet()) {
            if (!status.equals(ResultSchema.OK)) {
                examples.put(status, failures(results, col(ResultSchema.STATUS).equalTo(status), EXAMPLES_OF_A_STATUS));
            }
        }
        return examples;
    }

    private static List<Failure> failures(Dataset<Row> results, Column which, int count) {
        return results
                .filter(which)
                .orderBy(ResultSchema.PATH)
                .select(ResultSchema.PATH, ResultSchema.STATUS, ResultSchema.ERROR)
                .takeAsList(count)
                .stream()
                .map(row -> new Failure(row.getString(0), row.getString(1), row.getString(2)))
                .toList();
    }
}
