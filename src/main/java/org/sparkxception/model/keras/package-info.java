/**
 * Reads files saved by Keras, and recognizes Xception networks in them.
 *
 * <p>The entry point is {@code KerasFile}.
 */
package org.sparkxception.model.keras;
