/**
 * What a run reports: {@code report.json}, the page for people, the summary.
 *
 * <p>The job fills a {@code RunReport}; nothing here knows Spark.
 */
package org.sparkxception.report;
