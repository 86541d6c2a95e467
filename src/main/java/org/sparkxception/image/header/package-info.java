/**
 * Reads format, size and orientation from the header of a file, or determines why the file is not supported.
 *
 * <p>The entry point is {@code HeaderProbe}.
 */
package org.sparkxception.image.header;
