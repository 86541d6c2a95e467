/**
 * Decodes images in another process, so that one that crashes the native decoder ends that process alone.
 *
 * <p>{@code IsolatedDecoder} is the way in.
 */
package org.sparkxception.image.isolated;
