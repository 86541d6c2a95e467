/**
 * The vocabulary of all rooms: exit codes, errors for users, text that is safe to print, and where native libraries are
 * unpacked.
 *
 * <p>Uses nothing else of this project.
 */
package org.sparkxception;
