/**
 * Datasets of image files: directories are listed by executors, level by level.
 *
 * <p>A class named by a verb, such as {@code ListDirectory}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.files;
