/**
 * Reads the bytes of one file: retries, outages, files that changed, and names on local disks.
 *
 * <p>Tasks use {@code FileFetcher}.
 */
package org.sparkxception.source.fetch;
