/**
 * Decodes images in a separate process, so that an image that crashes the native decoder ends only that process.
 *
 * <p>The entry point is {@code IsolatedDecoder}.
 */
package org.sparkxception.image.isolated;
