package org.sparkxception.source.container;

import java.io.Closeable;
import java.io.IOException;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.files.ListingEntry;

/**
 * The records of a part of a container, one after the other. An {@link IOException} or an unchecked one that is no {@link
 * StorageException} means that the container is damaged.
 */
interface RecordReader extends Closeable {
    /** Goes over what is left of the record, so that a container that breaks within it is told from one that breaks behind. */
    void finishRecord() throws IOException;

    /** Goes to the next record, if there is one. */
    boolean next() throws IOException;

    /** Whether the record can be an image, is a directory, or neither. */
    ListingEntry.Kind kind();

    /** What it is called; empty if it has no name. */
    String name();

    /** The size of its content, which is then not asked for. */
    long size() throws IOException;

    /** Its content, once. */
    byte[] read() throws IOException;

    /** The image, said to lie where the reader stands or has failed. */
    ImageRef locate(ImageRef image);

    /** Where the reader stands, for messages, such as "byte 1,024 of the archive". */
    String position();
}
