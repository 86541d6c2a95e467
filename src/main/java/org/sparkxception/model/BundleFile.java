package org.sparkxception.model;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.DigestUtils;

/** A file of a {@link ModelBundle}, with its SHA-256, which is computed only once: on a driver, hashing 100 MB takes two seconds. Thread-safe. */
public final class BundleFile implements Serializable {
    private static final long serialVersionUID = 1;

    static final BundleFile NONE = of(new byte[0]);

    private final byte[] content;
    /** Null until first used; executors receive it with the content. */
    private byte[] sha256;

    private BundleFile(byte[] content) {
        this.content = content;
    }

    /**
     * Creates a file.
     *
     * @param content it is not copied, and must not change
     */
    public static BundleFile of(byte[] content) {
        return new BundleFile(content);
    }

    boolean isEmpty() {
        return content.length == 0;
    }

    byte[] bytes() {
        return content;
    }

    /** Returns the content, as a read-only view. */
    public ByteBuffer content() {
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    /** Returns the SHA-256 of the content, 32 bytes. */
    public synchronized byte[] sha256() {
        if (sha256 == null) {
            sha256 = DigestUtils.sha256(content);
        }
        return sha256.clone();
    }
}
