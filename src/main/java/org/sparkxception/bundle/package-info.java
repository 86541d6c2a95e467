/**
 * Model bundles on storage: reading and writing them, and what an import tries, calibrates and notes.
 *
 * <p>The command line uses it; {@code BundleStore} is also for callers of the Java API.
 */
package org.sparkxception.bundle;
