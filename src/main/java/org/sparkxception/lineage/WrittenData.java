package org.sparkxception.lineage;

import org.apache.spark.sql.types.StructType;
import org.sparkxception.report.RunReport;

/**
 * What an output contains once all its results are written.
 *
 * @param columns as a reader sees them
 * @param files number of files with results
 * @param bytes their size
 */
public record WrittenData(RunReport report, StructType columns, long files, long bytes) {}
