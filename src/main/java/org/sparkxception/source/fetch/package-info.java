/**
 * Reads the bytes of one file: retries, outages, changed files, and file names on local disks.
 *
 * <p>Tasks use {@code FileFetcher}.
 */
package org.sparkxception.source.fetch;
