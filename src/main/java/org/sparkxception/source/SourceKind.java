package org.sparkxception.source;

import java.util.Locale;

/** The kind of a dataset. */
public enum SourceKind {
    /** Image files: directories, files or globs. */
    FILES,
    /** Lists of image files: CSV, JSON lines or Parquet. */
    MANIFEST,
    /** Tables with the encoded images in a binary column. */
    TABLE,
    /** Tar archives of images, uncompressed or compressed with gzip. */
    TAR,
    /** Hadoop SequenceFiles with Text keys (the name) and BytesWritable values (the image). */
    SEQUENCE_FILE;

    /** The name on the command line and in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return label();
    }
}
