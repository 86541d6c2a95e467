package org.sparkxception.source.dataset;

import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Where an image lies, and what was known of it when the run was planned.
 *
 * <p>Its bytes are a whole file, a range of a file (a member of a plain tar), or a record that is only found by reading what
 * stands before it (in a compressed tar, a SequenceFile or a table).
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
     * An image that is a file.
     *
     * @param path fully qualified, as the source gives it; not percent-encoded
     * @param size in bytes
     */
    public static ImageRef file(String path, long size, Instant modified) {
        return new ImageRef(path, size, modified.toEpochMilli(), null, null, null, 0, NO_RECORD);
    }

    /** An image whose file was asked for by name, and of which storage knew nothing. */
    public static ImageRef missing(String path) {
        return file(path, 0, Instant.EPOCH);
    }

    /** Whether storage knew nothing of it when the run was planned. */
    public boolean wasMissing() {
        return isWholeFile() && modifiedMillis == 0 && size == 0;
    }

    /** The same image, said to be of this class. */
    public ImageRef withTruth(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, value.orElse(null), version, container, start, record);
    }

    /** The same image, of whose file an object store gave this entity tag. */
    public ImageRef withVersion(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, truth, value.orElse(null), container, start, record);
    }

    /** The same image, whose bytes begin at an offset of another file. */
    public ImageRef withRange(String file, long offset) {
        return new ImageRef(path, size, modifiedMillis, truth, version, file, offset, NO_RECORD);
    }

    /** The same image, as the record of this number, counted from 0, of the part of a file that begins at an offset. */
    public ImageRef withRecord(String file, long offset, long number) {
        return new ImageRef(path, size, modifiedMillis, truth, version, file, offset, number);
    }

    /** What the image is called in the results: unique within a run. */
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

    /** Which version of its file an object store gave, as an entity tag. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** The file that its bytes lie in. */
    public String container() {
        return container == null ? path : container;
    }

    /** Whether its bytes are a file of their own. */
    public boolean isWholeFile() {
        return container == null;
    }

    /** Where its bytes begin in the container; of a record, where the part begins that it is counted in. */
    public long start() {
        return start;
    }

    /** Whether it is only found by reading what stands before it. */
    public boolean isRecord() {
        return record != NO_RECORD;
    }

    /** Its number in its part of the container. */
    public long record() {
        return record;
    }

    @Override
    public String toString() {
        return path;
    }
}
