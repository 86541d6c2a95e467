package org.sparkxception.job;

/**
 * What a plan holds, and what it leaves out.
 *
 * @param images each counted once
 * @param bytes of their files
 * @param duplicates how often an image was found again, under another input
 * @param hidden names left out since Hadoop hides them
 * @param excluded files left out since their names are not included
 */
record PlanTotals(long images, long bytes, int chunks, long duplicates, long hidden, long excluded) {}
