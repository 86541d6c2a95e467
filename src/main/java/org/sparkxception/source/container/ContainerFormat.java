package org.sparkxception.source.container;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A kind of file that holds images one after the other. */
interface ContainerFormat extends Serializable {
    /** What such a file is called in messages. */
    String label();

    /** What the names of such files end with, in any case; nothing where any name will do. */
    List<String> endings();

    /** Which records are images, by the globs that were given for their names. */
    List<String> recordGlobs(List<String> include);

    /** Whether records are left out whose names Hadoop hides. */
    boolean hidesNames();

    /** How many bytes of a file are listed and read as one part, at the least one record. */
    long partBytes(String file);

    /**
     * Opens a part of a file.
     *
     * @param stream of the whole file, which is closed with what is returned
     * @param end where a record no longer belongs to the part, if it begins there
     * @throws IOException if it is damaged
     * @throws UnsupportedContainerException if it holds something else than images
     */
    RecordReader open(StorageStream stream, String file, Configuration configuration, long start, long end)
            throws IOException;
}
