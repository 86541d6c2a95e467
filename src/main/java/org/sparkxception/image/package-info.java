/**
 * What decoding is about: a size, an orientation, a status, a fault, and pixels. No Spark, no Hadoop, no DJL.
 *
 * <p>Everything that handles images uses it.
 */
package org.sparkxception.image;
