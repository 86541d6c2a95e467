package org.sparkxception.job;

import java.io.Serializable;

/** Maximum size of a chunk or of a part of the plan: in images, and in bytes of their files. */
final class ChunkLimits implements Serializable {
    private static final long serialVersionUID = 1;

    /** Two CPU cores score 2,048 images of the full Xception in about two minutes. */
    private static final long PART_IMAGES = 2048;

    private static final long PART_BYTES = 4L << 30;

    /** A plan has about this many parts at most, because the driver holds them. */
    private static final long MAX_PARTS = 8192;

    private final long images;
    private final long bytes;

    ChunkLimits(long images, long bytes) {
        this.images = images;
        this.bytes = bytes;
    }

    long images() {
        return images;
    }

    long bytes() {
        return bytes;
    }

    /** The limits of the parts of a plan whose chunks have these limits. */
    ChunkLimits ofParts(long plannedImages) {
        return new ChunkLimits(
                Math.min(images, Math.max(PART_IMAGES, plannedImages / MAX_PARTS)), Math.min(bytes, PART_BYTES));
    }

    boolean allow(Chunk chunk) {
        return chunk.images() <= images && chunk.bytes() <= bytes;
    }
}
