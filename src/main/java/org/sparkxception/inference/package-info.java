/**
 * Executor side: processes a partition of images in a task, from fetching to ranked classes.
 *
 * <p>The job uses {@code Scorer} and the {@code *Partition} classes, which are functions that Spark runs on executors.
 */
package org.sparkxception.inference;
