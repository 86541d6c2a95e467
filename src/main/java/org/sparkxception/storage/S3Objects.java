package org.sparkxception.storage;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;

/** Saves S3A a request for the status of a known object. Use this class only for s3a: S3A's classes can be absent otherwise. */
public final class S3Objects {
    private static final long BLOCK_SIZE = 32 << 20;

    private S3Objects() {}

    /**
     * The status of an object, as a listing returned it. S3A reads the object with a single GET, which fails with
     * {@link StorageFaults.Kind#CHANGED} if the entity tag of the object has changed.
     *
     * @param size the size in bytes, or at least the end of the range to read
     */
    public static FileStatus known(Path path, long size, long modifiedMillis, String entityTag) {
        return new S3AFileStatus(size, modifiedMillis, path, BLOCK_SIZE, "", entityTag, null);
    }
}
