/**
 * Reads what Keras saves, and recognizes Xception in it.
 *
 * <p>{@code KerasFile} is the way in.
 */
package org.sparkxception.model.keras;
