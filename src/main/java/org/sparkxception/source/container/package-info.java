/**
 * Datasets of images in tar archives and SequenceFiles. Executors list and read the splits.
 *
 * <p>A class whose name starts with a verb, such as {@code ListSplit}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.container;
