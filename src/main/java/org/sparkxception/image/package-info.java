/**
 * Basic types of decoding: size, orientation, status, fault, and pixels. Independent of Spark, Hadoop and DJL.
 *
 * <p>Used by all code that handles images.
 */
package org.sparkxception.image;
