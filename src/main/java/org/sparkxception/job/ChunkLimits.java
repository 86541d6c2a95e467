package org.sparkxception.job;

import java.io.Serializable;

/** Maximum size of a chunk, the unit of commit and resume: in images, and in bytes of their files. */
public final class ChunkLimits implements Serializable {
    private static final long serialVersionUID = 1;

    public static final long DEFAULT_IMAGES = 65_536;
    public static final long DEFAULT_BYTES = 16L << 30;

    private final long images;
    private final long bytes;

    public ChunkLimits(long images, long bytes) {
        if (images < 1 || images > 10_000_000) {
            throw new IllegalArgumentException("--chunk-images must be from 1 to 10000000 but was " + images);
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("--chunk-bytes must be at least 1 but was " + bytes);
        }
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
