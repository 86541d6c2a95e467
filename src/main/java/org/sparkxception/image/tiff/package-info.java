/**
 * Reads TIFF files row by row, except JPEG within them.
 *
 * <p>{@code TiffLayout} reads the tags, {@code TiffReader} the pixels.
 */
package org.sparkxception.image.tiff;
