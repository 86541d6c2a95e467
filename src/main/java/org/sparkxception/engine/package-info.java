/**
 * Runs networks in libtorch, through DJL: program selection per device, batches, resizing, and calibration. Independent of Spark.
 *
 * <p>{@code ScoringModel} is a loaded model; {@code BatchPredictor} scores with it.
 */
package org.sparkxception.engine;
