package org.sparkxception.source;

import java.util.Locale;

/** What {@code --input} names. */
public enum SourceKind {
    /** Image files: directories, files or globs. */
    FILES,
    /** Lists of image files: CSV, JSON lines or Parquet. */
    MANIFEST,
    /** Tables with the bytes of images in a column. */
    TABLE,
    /** Tar archives of images, plain or compressed by gzip. */
    TAR,
    /** Hadoop SequenceFiles: Text, the name, to BytesWritable, the image. */
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
