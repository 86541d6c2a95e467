/**
 * Types that all packages share: exit codes, errors for users, invalid settings, text that is safe to print, the version, and the
 * folder where native libraries are unpacked.
 *
 * <p>Uses no other package of this project.
 */
package org.sparkxception;
