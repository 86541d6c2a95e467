/**
 * Datasets of image files. Executors list the directories, level by level.
 *
 * <p>A class whose name starts with a verb, such as {@code ListDirectory}, is a function that Spark sends to executors.
 */
package org.sparkxception.source.files;
