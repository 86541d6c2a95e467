package org.sparkxception.job;

import java.util.List;

/**
 * One round of planning: the first listing of an output, an update, or a retry.
 *
 * @param number counted from 0
 * @param mode which asked for it
 * @param duplicates how often an image was found again, under another input
 * @param hidden names left out since Hadoop hides them
 * @param excluded files left out since their names are not included
 */
record Generation(int number, String mode, long duplicates, long hidden, long excluded, List<PlannedChunk> chunks) {}
