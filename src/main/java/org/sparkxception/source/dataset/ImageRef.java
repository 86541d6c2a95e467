package org.sparkxception.source.dataset;

import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An image of a dataset: its identifier, the place of its bytes, and its metadata when the run was planned. */
public final class ImageRef implements Serializable {
    private static final long serialVersionUID = 1;

    private static final Object[] NONE = {};

    private final String path;
    private final long size;
    private final long modifiedMillis;
    /** Null if unknown, like the version: an Optional is not serializable. */
    private final String truth;

    private final String version;
    private final Place place;
    /** The values of the columns that go to the results; each can be null. */
    private final Object[] kept;

    private ImageRef(
            String path,
            long size,
            long modifiedMillis,
            Optional<String> truth,
            Optional<String> version,
            Place place,
            Object[] kept) {
        this.path = Objects.requireNonNull(path);
        this.size = size;
        this.modifiedMillis = modifiedMillis;
        this.truth = truth.orElse(null);
        this.version = version.orElse(null);
        this.place = place;
        this.kept = kept;
    }

    private static ImageRef of(String path, long size, Instant modified, Place place) {
        return new ImageRef(path, size, modified.toEpochMilli(), Optional.empty(), Optional.empty(), place, NONE);
    }

    /**
     * Creates a reference to an image that is a complete file.
     *
     * @param path the fully qualified path as the source returns it, not percent-encoded
     * @param size the size in bytes
     */
    public static ImageRef file(String path, long size, Instant modified) {
        return of(path, size, modified, new Place.WholeFile(true));
    }

    /** An image whose file was requested by name, but not found in storage. */
    public static ImageRef missing(String path) {
        return of(path, 0, Instant.EPOCH, new Place.WholeFile(false));
    }

    /** An entry of the dataset that is not a file. */
    public static ImageRef absent(String path, Absence reason) {
        return of(path, 0, Instant.EPOCH, new Place.Absent(reason));
    }

    /** The same image with this ground-truth class. */
    public ImageRef withTruth(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, value, version(), place, kept);
    }

    /** The same image with the entity tag that an object store returned for its file. */
    public ImageRef withVersion(Optional<String> value) {
        return new ImageRef(path, size, modifiedMillis, truth(), value, place, kept);
    }

    /** The same image at a place in a container. */
    public ImageRef at(Place.InContainer value) {
        return new ImageRef(path, size, modifiedMillis, truth(), version(), value, kept);
    }

    /** The same image with values of the dataset's columns that go to the results, each a value of a Spark row or null. */
    public ImageRef withKept(List<Object> values) {
        return new ImageRef(
                path, size, modifiedMillis, truth(), version(), place, values.isEmpty() ? NONE : values.toArray());
    }

    /** The identifier of the image in the results: unique within a run. */
    public String path() {
        return path;
    }

    /** The size in bytes; 0 if no file was found. */
    public long size() {
        return size;
    }

    /** When the file that contains the image was modified; the epoch if no file was found. */
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

    /** The values of the dataset's columns that go to the results, in the order of these columns; each can be null. */
    public List<Object> kept() {
        return Collections.unmodifiableList(Arrays.asList(kept));
    }

    public Place place() {
        return place;
    }

    /** The file that contains its bytes. */
    public String file() {
        return place instanceof Place.InContainer part ? part.container() : path;
    }

    /** The byte offset in {@link #file}: of the image, or, for a record, of its split. */
    public long start() {
        return place instanceof Place.InContainer part ? part.start() : 0;
    }

    /** Whether its file was found in storage when the run was planned. If not, reading it determines why. */
    public boolean wasFound() {
        return !(place instanceof Place.WholeFile file) || file.wasFound();
    }

    public boolean isWholeFile() {
        return place instanceof Place.WholeFile;
    }

    /** Its place if it is a record, which only its source can read. A task reads all other images by itself. */
    public Optional<Place.SplitRecord> record() {
        return place instanceof Place.SplitRecord record ? Optional.of(record) : Optional.empty();
    }

    @Override
    public String toString() {
        return path;
    }
}
