/**
 * The reports of a run: {@code report.json}, {@code report.html} and the summary.
 *
 * <p>The job fills a {@code RunReport}; nothing here depends on Spark.
 */
package org.sparkxception.report;
