/**
 * The executor side: what a task does with a partition of images, from fetching to ranked classes.
 *
 * <p>The job uses {@code Scorer} and the partitions; a class named by a noun with {@code Partition} is a function that Spark
 * sends to executors.
 */
package org.sparkxception.inference;
