package org.sparkxception.source;

import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Where an image lies, and what was known of it when the run was planned. */
public final class ImageRef implements Serializable {
    private static final long serialVersionUID = 1;

    private final String path;
    private final long size;
    private final long modifiedMillis;
    private final String truth;

    /**
     * Refers to an image.
     *
     * @param path fully qualified, as the source gives it; not percent-encoded
     * @param size in bytes
     * @param truth the class it is said to be of, where that is known
     */
    public ImageRef(String path, long size, Instant modified, Optional<String> truth) {
        this.path = Objects.requireNonNull(path);
        this.size = size;
        this.modifiedMillis = modified.toEpochMilli();
        this.truth = truth.orElse(null);
    }

    public String path() {
        return path;
    }

    public long size() {
        return size;
    }

    public Instant modified() {
        return Instant.ofEpochMilli(modifiedMillis);
    }

    public Optional<String> truth() {
        return Optional.ofNullable(truth);
    }

    @Override
    public String toString() {
        return path;
    }
}
