package org.sparkxception.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.result.ResultSchema;

/** The rows of an output, and how often each is there; a row is known by its image, and by what the run was that scored it. */
record RowCounts(Map<String, Long> rows) {
    private static final String ROW =
            "concat_ws(' ', path, size, cast(modified as long), status, label, size(predictions))";

    /** All that a reader of every chunk finds, whole or not. */
    static RowCounts of(SparkSession spark, FileSystem storage, Path output) throws IOException {
        List<String> files = new ArrayList<>();
        for (FileStatus file : listed(storage, new Path(output, "chunk=*/*.parquet"))) {
            files.add(file.getPath().toString());
        }
        if (files.isEmpty()) {
            return new RowCounts(Map.of());
        }
        return new RowCounts(spark
                .read()
                .schema(ResultSchema.schema(List.of(), ""))
                .parquet(files.toArray(String[]::new))
                .selectExpr(ROW)
                .collectAsList()
                .stream()
                .collect(Collectors.groupingBy(row -> row.getString(0), Collectors.counting())));
    }

    private static List<FileStatus> listed(FileSystem storage, Path glob) throws IOException {
        FileStatus[] found = storage.globStatus(glob);
        return found == null ? List.of() : List.of(found);
    }

    long total() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Rows that are there and not here. */
    long lostOf(RowCounts all) {
        return all.rows.entrySet().stream()
                .mapToLong(row -> Math.max(0, row.getValue() - rows.getOrDefault(row.getKey(), 0L)))
                .sum();
    }

    /** Rows that are here more often than there. */
    long twiceOf(RowCounts all) {
        return rows.entrySet().stream()
                .filter(row -> all.rows.containsKey(row.getKey()))
                .mapToLong(row -> Math.max(0, row.getValue() - all.rows.get(row.getKey())))
                .sum();
    }

    /** Rows that are here and not there: they are of another run. */
    long foreignTo(RowCounts all) {
        return rows.entrySet().stream()
                .filter(row -> !all.rows.containsKey(row.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
