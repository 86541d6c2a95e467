/**
 * Reads what timm saves.
 *
 * <p>{@code TimmFile} is the way in.
 */
package org.sparkxception.model.timm;
