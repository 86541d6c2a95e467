/**
 * Datasets in a binary column of files that Spark reads.
 *
 * <p>A class named by a verb, such as {@code ListTableRows}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.table;
