/**
 * Datasets of image files that are listed in manifests: CSV, JSON lines or Parquet with a column of paths.
 *
 * <p>A class whose name starts with a verb, such as {@code ResolveEntry}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.manifest;
