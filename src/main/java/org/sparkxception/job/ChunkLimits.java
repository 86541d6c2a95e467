package org.sparkxception.job;

import java.io.Serializable;

/** Maximum size of a chunk, the unit of commit and resume: in images, and in bytes of their files. */
final class ChunkLimits implements Serializable {
    private static final long serialVersionUID = 1;

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
}
