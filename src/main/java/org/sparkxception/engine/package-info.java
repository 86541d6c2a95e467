/**
 * Networks in libtorch, by DJL: which program runs on a device, batches, resizing, and calibration. Knows nothing of Spark.
 *
 * <p>{@code ScoringModel} is a loaded model; {@code BatchPredictor} scores with it.
 */
package org.sparkxception.engine;
