/**
 * The command line: one class per command, the settings file, the Spark session, and how the process ends.
 *
 * <p>Uses all other packages; no other package uses it.
 */
package org.sparkxception.cli;
