/**
 * Reads files saved by timm.
 *
 * <p>The entry point is {@code TimmFile}.
 */
package org.sparkxception.model.timm;
