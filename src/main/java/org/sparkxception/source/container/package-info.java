/**
 * Datasets of images in tar archives and SequenceFiles, which are split, listed and read by executors.
 *
 * <p>A class named by a verb, such as {@code ListSplit}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.container;
