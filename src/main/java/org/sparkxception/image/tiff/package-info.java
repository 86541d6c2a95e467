/**
 * Reads TIFF files row by row, except those with JPEG compression.
 *
 * <p>{@code TiffLayout} reads the tags, {@code TiffReader} the pixels.
 */
package org.sparkxception.image.tiff;
