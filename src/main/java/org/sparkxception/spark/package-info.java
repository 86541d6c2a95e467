/**
 * Differences between the supported versions of Spark, from 3.5 (Scala 2.12 or 2.13) on: the code is compiled for one of them, and calls
 * here by reflection what has another signature in others. Others use {@code Accumulables}, {@code TaskSlots}, {@code
 * ApplicationExit}, and {@code SparkVersion} for whether a version is supported.
 */
package org.sparkxception.spark;
