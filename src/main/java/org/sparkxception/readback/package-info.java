/**
 * What the results contain, for the report and for the check that no image is missing. The executors summarize the rows in one pass, and the
 * driver merges the summaries: it never holds the rows. Others use {@code ResultSummary} and {@code Evaluator}.
 */
package org.sparkxception.readback;
