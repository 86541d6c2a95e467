package org.sparkxception.source.dataset;

import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The location of an image, and its metadata when the run was planned.
 *
 * <p>Its bytes are a complete file, a range of a file (a member of an uncompressed tar), or a record that can only be located by
 * reading everything before it (in a compressed tar, a SequenceFile or a table).
 */
public final class ImageRef implements Serializable {
    private static final long serialVersionUID = 1;

    private static final long NO_RECORD = -1;

    private final String path;
    private final long size;
    private final long modifiedMillis;
    private final String truth;
    private final String version;
    private final String container;
    private final long start;
    private final long record;

    private ImageRef(
            String path,
            long size,
            long modifiedMillis,
            String truth,
            String version,
            String container,
            long start,
            long record) {
        this.path = Objects.requireNonNull(path);
        this.size = size;
        this.modifiedMillis = modifiedMillis;
        this.truth = truth;
        this.version = version;
        this.container = container;
        this.start = start;
        this.record = record;
    }

    /**
     * Creates a reference to an image that is a complete file.
     *
     * @param path the fully qualified path as the source returns it, not percent-encoded
     * @param size the size in bytes
     */
    public static ImageRef file(String path, long size, Instant modified) {
        return new ImageRef(path, size, modified.toEpochMilli(), null, null, null, 0, NO_RECORD);
    }

    /** An image whose file was requested by name, but not found in storage. */
    public static ImageRef missing(String path) {
        return file(path, 0, Instant.EPOCH);
    }

    /** Whether the file was not found in storage when the run was planned. */
    public boolean wasMissing() {
        return isWholeFile() && modifiedMillis == 0 && size == 0;
    }

    /** The same image with this ground-truth class. */
    public ImageRef withTruth(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, value.orElse(null), version, container, start, record);
    }

    /** The same image with the entity tag that an object store returned for its file. */
    public ImageRef withVersion(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, truth, value.orElse(null), container, start, record);
    }

    /** The same image, stored at a byte offset of another file. */
    public ImageRef withRange(String file, long offset) {
        return new ImageRef(path, size, modifiedMillis, truth, version, file, offset, NO_RECORD);
    }

    /** The same image as a record, numbered from 0, of the split that starts at a byte offset of a file. */
    public ImageRef withRecord(String file, long offset, long number) {
        return new ImageRef(path, size, modifiedMillis, truth, version, file, offset, number);
    }

    /** The identifier of the image in the results: unique within a run. */
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

    /** The entity tag of its file in an object store. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** The file that contains its bytes. */
    public String container() {
        return container == null ? path : container;
    }

    /** Whether its bytes are a complete file. */
    public boolean isWholeFile() {
        return container == null;
    }

    /** The byte offset in the container: of the image itself, or, for a record, of its split. */
    public long start() {
        return start;
    }

    /** Whether it can only be located by reading everything before it. */
    public boolean isRecord() {
        return record != NO_RECORD;
    }

    /** Its number in its split of the container, from 0. */
    public long record() {
        return record;
    }

    @Override
    public String toString() {
        return path;
    }
}
