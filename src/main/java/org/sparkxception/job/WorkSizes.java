package org.sparkxception.job;

import java.util.OptionalDouble;

/**
 * How many images chunks and tasks get: by the slots that are present now, and by how fast a slot has scored so far.
 *
 * @param slots number of tasks that can run at once
 * @param batchSize images per batch
 * @param imagesPerSlotSecond images that a slot scores per second; empty if nothing was scored yet
 */
record WorkSizes(int slots, int batchSize, OptionalDouble imagesPerSlotSecond) {
    /** The work of a chunk: what a driver that dies can lose, as chunks are scored one after the other. */
    private static final double CHUNK_SECONDS = 100;

    /** Short against a chunk, and long enough for the driver of thousands of slots. */
    private static final double TASK_SECONDS = 30;

    /** The last tasks of a run are shorter, but a driver can start no more tasks than this per second. */
    private static final double TASKS_PER_SECOND = 300;

    private static final double SHORTEST_TASK_SECONDS = 1;

    /** Batches of each slot in the first chunk. */
    private static final long FIRST_BATCHES = 2;

    private static final int MAX_TASK_IMAGES = 2048;

    /** Without a rate, the smallest tasks have at least 1/{@value} of a slot's share of all images, up to a cap. */
    private static final int PARTS_OF_SHARE = 64;

    private static final int LEAST_CAP = 128;

    /** How many images a chunk should have. */
    long chunkImages() {
        return imagesPerSlotSecond.isPresent()
                ? (long) (slots * imagesPerSlotSecond.getAsDouble() * CHUNK_SECONDS)
                : slots * FIRST_BATCHES * batchSize;
    }

    /** How many images a task has at most. */
    int taskImages() {
        return imagesPerSlotSecond.isPresent()
                ? images(imagesPerSlotSecond.getAsDouble() * Math.max(TASK_SECONDS, slots / TASKS_PER_SECOND))
                : MAX_TASK_IMAGES;
    }

    /**
     * How many images the smallest tasks of a chunk have, if there are enough.
     *
     * @param images of the chunk
     * @param last whether no other chunk follows: tasks become smaller, so that they end together
     */
    int leastTaskImages(int images, boolean last) {
        if (imagesPerSlotSecond.isPresent()) {
            if (!last) {
                return taskImages();
            }
            double seconds = Math.max(SHORTEST_TASK_SECONDS, slots / TASKS_PER_SECOND);
            return images(imagesPerSlotSecond.getAsDouble() * seconds);
        }
        long parts = (long) PARTS_OF_SHARE * slots;
        return (int) Math.max(batchSize, Math.min(LEAST_CAP, (images + parts - 1) / parts));
    }

    private int images(double wanted) {
        return (int) Math.max(batchSize, Math.min(MAX_TASK_IMAGES, wanted));
    }
}
