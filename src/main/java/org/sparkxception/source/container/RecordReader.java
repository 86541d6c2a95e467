package org.sparkxception.source.container;

import java.io.Closeable;
import java.io.IOException;
import org.sparkxception.source.dataset.Place;
import org.sparkxception.source.files.ListingEntry;

/**
 * Reads the records of a split of a container sequentially. An {@link IOException}, or an unchecked exception other than
 * {@link StorageException} and {@link UnsupportedContainerException}, means that the container is damaged.
 */
interface RecordReader extends Closeable {
    /** Skips the rest of the current record, to distinguish damage inside the record from damage after it. */
    void finishRecord() throws IOException;

    /** Advances to the next record. Returns whether there is one. */
    boolean next() throws IOException;

    /** Whether the record is a possible image, a directory, or neither. */
    ListingEntry.Kind kind();

    /** The name of the record; empty if it has none. */
    String name();

    /** The size of the content in bytes. After this call, {@link #read} must not be called for the record. */
    long size() throws IOException;

    /** Reads the content. Can be called once per record. */
    byte[] read() throws IOException;

    /** The place of the current record, or where the reader failed. */
    Place.InContainer locate();

    /** The current position of the reader, for messages, such as "byte 1,024 of 4,096". */
    String position();
}
