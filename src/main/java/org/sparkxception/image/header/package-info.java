/**
 * Reads the header of a file: its format, its size, its orientation, or why it is not read.
 *
 * <p>{@code HeaderProbe} is the way in.
 */
package org.sparkxception.image.header;
