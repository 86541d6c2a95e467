package org.sparkxception.storage;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;
import org.apache.hadoop.fs.s3a.S3AFileSystem;

/** What S3A knows of objects, of any version. Use this class only for S3A: its classes can be absent otherwise. */
public final class S3Objects {
    private static final long BLOCK_SIZE = 32 << 20;

    /** A class of S3A that is present if S3A uses version 2 of the AWS SDK: Hadoop 3.4 and later. */
    private static final String INTERNALS = "org.apache.hadoop.fs.s3a.S3AInternals";

    private S3Objects() {}

    /**
     * Whether objects can be accessed by key with {@link S3Keys}, whose classes can be absent otherwise: not with client-side
     * encryption, since objects are read as they are stored.
     */
    public static boolean haveKeys(FileSystem storage) {
        return hasClient() && !((S3AFileSystem) storage).isCSEEnabled();
    }

    private static boolean hasClient() {
        try {
            Class.forName(INTERNALS, false, S3Objects.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * The status of an object, as a listing returned it, which saves S3A a request. S3A reads the object with a single GET, which fails with
     * {@link StorageFaults.Kind#CHANGED} if the entity tag of the object has changed.
     *
     * @param size the size in bytes, or at least the end of the range to read
     */
    public static FileStatus known(Path path, long size, long modifiedMillis, String entityTag) {
        return new S3AFileStatus(size, modifiedMillis, path, BLOCK_SIZE, "", entityTag, null);
    }
}
