/**
 * Datasets of images in a binary column of table files that Spark reads.
 *
 * <p>A class whose name starts with a verb, such as {@code ListTableRows}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.table;
