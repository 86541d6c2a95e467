package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;
import org.sparkxception.result.ResultSchema;

/** Counts and examples read back from the results. Spark aggregates them: the driver holds only a few rows. */
final class ResultFacts {
    private static final int EXAMPLES = 10;
    private static final int EXAMPLES_OF_A_STATUS = 5;

    private ResultFacts() {}

    /** A reader that takes paths literally: the name of a directory can contain glob characters. */
    static DataFrameReader reader(SparkSession spark) {
        return spark.read().option("__globPaths__", "false");
    }

    /** The results, exactly as a reader of the output would see them, each row with the number of its chunk. */
    static Dataset<Row> read(SparkSession spark, RunDirectory run) throws IOException {
        return reader(spark)
                .schema(ResultSchema.schema(List.of(), "").add(ResultSchema.CHUNK, DataTypes.IntegerType))
                .option("basePath", run.root())
                .parquet(run.chunkDirectories().toArray(String[]::new));
    }

    /**
     * Counts the images by status.
     *
     * @param classes the classes that were found, most frequent first
     * @throws UserException (exit code 1) if a chunk does not have one row per image
     */
    static Images of(Dataset<Row> results, String output, Plan plan, List<ClassScore> classes) {
        Map<Integer, Long> byChunk = new HashMap<>();
        Map<String, Long> byStatus = new TreeMap<>();
        for (Row row :
                results.groupBy(ResultSchema.CHUNK, ResultSchema.STATUS).count().collectAsList()) {
            byChunk.merge(row.getAs(ResultSchema.CHUNK), row.getAs("count"), Long::sum);
            byStatus.merge(row.getAs(ResultSchema.STATUS), row.getAs("count"), Long::sum);
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

    /** Every run checks the guarantee of the job: one row per image, and no other rows. */
    private static void requireEveryRow(Map<Integer, Long> rows, String output, Plan plan) {
        Map<Integer, Long> unexpected = new TreeMap<>(rows);
        for (PlannedChunk chunk : plan.chunks()) {
            Long there = unexpected.remove(chunk.number());
            if (there == null || there != chunk.rows()) {
                throw wrongRows(chunk.number(), output, there == null ? 0 : there, chunk.rows());
            }
        }
        unexpected.forEach((chunk, there) -> {
            throw wrongRows(chunk, output, there, 0);
        });
    }

    private static UserException wrongRows(int chunk, String output, long there, long planned) {
        return new UserException(
                ExitCode.UNEXPECTED,
                "chunk %d of %s has %d rows instead of %d: delete directory %s and file %s there, and run the same command again"
                        .formatted(chunk, output, there, planned, OutputLayout.chunkName(chunk), OutputLayout.SUCCESS));
    }

    /** Examples of failures for each status other than ok, first in the order of paths. */
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
                .map(row -> new Failure(
                        row.getAs(ResultSchema.PATH), row.getAs(ResultSchema.STATUS), row.getAs(ResultSchema.ERROR)))
                .toList();
    }
}
