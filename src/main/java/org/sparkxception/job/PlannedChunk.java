package org.sparkxception.job;

/**
 * A chunk of the plan.
 *
 * @param number counted over all generations
 * @param directory of its images within the plan of its generation
 * @param images to be scored
 * @param bytes of their files
 * @param rows in its results; more than its images where it replaces another chunk, whose other rows it keeps
 * @param replaces the number of the chunk whose place it takes, or {@value #NONE}
 */
record PlannedChunk(int number, String directory, long images, long bytes, long rows, int replaces) {
    static final int NONE = -1;

    boolean isReplacement() {
        return replaces != NONE;
    }
}
