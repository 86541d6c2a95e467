package org.sparkxception.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/**
 * A part of the plan: the smallest set of images that can be a {@link Chunk}.
 *
 * @param number unique over all generations
 * @param directory of its images, relative to the plan of its generation
 * @param part its number in the directory; null in plans of earlier versions, whose directories have one part each
 * @param images number of images to score
 * @param bytes total size of their files
 * @param rows number of rows in its results; more than {@code images} if it replaces a chunk, whose remaining rows it keeps
 * @param replaces number of the chunk that it replaces, or {@value #NONE}
 */
record PlanPart(
        int number,
        String directory,
        @JsonInclude(Include.NON_NULL) Integer part,
        long images,
        long bytes,
        long rows,
        int replaces) {
    static final int NONE = -1;

    boolean isReplacement() {
        return replaces != NONE;
    }

    /** Whether this part directly follows another in the same directory, so that both can be in one chunk. */
    boolean follows(PlanPart other) {
        return part != null
                && other.part != null
                && !isReplacement()
                && !other.isReplacement()
                && directory.equals(other.directory)
                && number == other.number + 1
                && part == other.part + 1;
    }
}
