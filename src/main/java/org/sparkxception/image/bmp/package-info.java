/**
 * Reads BMP files.
 *
 * <p>{@code BmpLayout} reads the header, {@code BmpReader} the pixels.
 */
package org.sparkxception.image.bmp;
