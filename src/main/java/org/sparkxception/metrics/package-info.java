/**
 * What is counted while a run goes on, and how Spark shows it.
 *
 * <p>Tasks add to a {@code StatisticsAccumulator}; {@code MetricsPlugin} is named in Spark settings.
 */
package org.sparkxception.metrics;
