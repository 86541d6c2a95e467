package org.sparkxception.job;

/**
 * A chunk of the plan.
 *
 * @param number unique over all generations
 * @param directory of its images, relative to the plan of its generation
 * @param images number of images to score
 * @param bytes total size of their files
 * @param rows number of rows in its results; more than {@code images} if it replaces another chunk, whose remaining rows it keeps
 * @param replaces number of the chunk that it replaces, or {@value #NONE}
 */
record PlannedChunk(int number, String directory, long images, long bytes, long rows, int replaces) {
    static final int NONE = -1;

    boolean isReplacement() {
        return replaces != NONE;
    }
}
