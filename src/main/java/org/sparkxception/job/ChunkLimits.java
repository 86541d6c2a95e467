package org.sparkxception.job;

import java.io.Serializable;
import org.sparkxception.InvalidSetting;

/** Maximum size of a chunk, the unit of commit and resume: in images, and in bytes of their files. */
public final class ChunkLimits implements Serializable {
    private static final long serialVersionUID = 1;

    public static final long DEFAULT_IMAGES = 65_536;
    public static final long DEFAULT_BYTES = 16L << 30;

    private final long images;
    private final long bytes;

    ChunkLimits(long images, long bytes) {
        this.images = InvalidSetting.requireRange("chunk-images", images, 1, 10_000_000);
        if (bytes < 1) {
            throw new InvalidSetting("chunk-bytes", "at least 1", bytes);
        }
        this.bytes = bytes;
    }

    long images() {
        return images;
    }

    long bytes() {
        return bytes;
    }
}
