/**
 * Statistics of a run in progress, and how Spark publishes them.
 *
 * <p>Tasks add to a {@code StatisticsAccumulator}; {@code MetricsPlugin} is listed in {@code spark.plugins}.
 */
package org.sparkxception.metrics;
