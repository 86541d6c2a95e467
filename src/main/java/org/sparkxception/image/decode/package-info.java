/**
 * Decodes images to upright RGB pixels, within limits.
 *
 * <p>The entry point is {@code ImageDecoder}.
 */
package org.sparkxception.image.decode;
