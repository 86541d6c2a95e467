/**
 * Models as data: networks, weights, labels, preprocessing, and the bundle that holds them. No Spark, no Hadoop, no DJL.
 *
 * <p>Everything that scores or imports uses it.
 */
package org.sparkxception.model;
