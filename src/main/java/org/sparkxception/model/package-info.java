/**
 * Models as data: networks, weights, labels, preprocessing, and the bundle that contains them. Independent of Spark, Hadoop and DJL.
 *
 * <p>Used by all code that scores or imports.
 */
package org.sparkxception.model;
