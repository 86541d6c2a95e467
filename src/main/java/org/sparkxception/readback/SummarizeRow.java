package org.sparkxception.readback;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;

/** Adds a row of {@link ResultRow#columns} to a summary, on an executor. */
final class SummarizeRow implements Function2<ResultSummary, Row, ResultSummary> {
    private static final long serialVersionUID = 1;

    private final HashMap<String, Integer> classes;

    SummarizeRow(Map<String, Integer> classes) {
        this.classes = new HashMap<>(classes);
    }

    @Override
    public ResultSummary call(ResultSummary summary, Row row) {
        return summary.add(new ResultRow(row, classes));
    }
}
