/**
 * Datasets that a list names: CSV, JSON lines or Parquet with a column of paths.
 *
 * <p>A class named by a verb, such as {@code ResolveEntry}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.manifest;
