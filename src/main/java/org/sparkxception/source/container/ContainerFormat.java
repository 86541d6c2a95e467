package org.sparkxception.source.container;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A file format that stores images sequentially. */
interface ContainerFormat extends Serializable {
    /** The name of the format in messages. */
    String label();

    /** The file extensions of the format, case-insensitive; empty if every name is allowed. */
    List<String> endings();

    /** The globs for the names of the records to include, given the globs of the settings. */
    List<String> recordGlobs(List<String> include);

    /** Whether to skip records whose names are hidden by Hadoop's convention. */
    boolean hidesNames();

    /** The size in bytes of the splits of a file. A split has at least one record. */
    long partBytes(String file);

    /**
     * Opens a split of a file.
     *
     * @param stream the complete file; closing the returned reader closes it
     * @param start the byte offset of the split
     * @param end the byte offset after the split: records that start there belong to the next split
     * @throws IOException if the file is damaged
     * @throws UnsupportedContainerException if the file is intact, but its content is not supported
     */
    RecordReader open(StorageStream stream, String file, Configuration configuration, long start, long end)
            throws IOException;
}
