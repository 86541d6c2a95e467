/**
 * Common types of all datasets: references to images, listings, and their representation as rows.
 *
 * <p>Everything that processes the images of a dataset uses this package.
 */
package org.sparkxception.source.dataset;
