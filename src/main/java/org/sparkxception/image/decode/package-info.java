/**
 * Decodes an image to RGB pixels, upright, within limits.
 *
 * <p>{@code ImageDecoder} is the way in.
 */
package org.sparkxception.image.decode;
