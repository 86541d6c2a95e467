/**
 * Reads and writes model bundles on storage; checks, calibrates and computes reference outputs of a model on import.
 *
 * <p>The command line uses it; {@code BundleStore} is also part of the Java API.
 */
package org.sparkxception.bundle;
