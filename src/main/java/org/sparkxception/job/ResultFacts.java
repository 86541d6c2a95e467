package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;
import org.sparkxception.report.RunReport.Truth;
import org.sparkxception.result.ResultSchema;

/** Reads back from the results what became of the images: Spark counts, so that the driver holds a few rows only. */
final class ResultFacts {
    private static final int EXAMPLES = 10;

    private ResultFacts() {}

    static Images of(SparkSession spark, String output) {
        Dataset<Row> results = spark.read()
                .schema(ResultSchema.schema(List.of(), ""))
                .parquet(output)
                .select(
                        ResultSchema.PATH,
                        ResultSchema.STATUS,
                        ResultSchema.ERROR,
                        ResultSchema.LABEL,
                        ResultSchema.TRUTH);
        Map<String, Long> byStatus = new TreeMap<>();
        long known = 0;
        long met = 0;
        for (Row row : results.groupBy(ResultSchema.STATUS)
                .agg(
                        count("*"),
                        count(when(col(ResultSchema.LABEL).isNotNull(), col(ResultSchema.TRUTH))),
                        count(when(col(ResultSchema.LABEL).equalTo(col(ResultSchema.TRUTH)), 1)))
                .collectAsList()) {
            byStatus.put(row.getString(0), row.getLong(1));
            known += row.getLong(2);
            met += row.getLong(3);
        }
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        boolean allOk = total == byStatus.getOrDefault(ResultSchema.OK, 0L);
        return new Images(
                total, byStatus, allOk ? List.of() : failures(results), topClasses(results), new Truth(known, met));
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
