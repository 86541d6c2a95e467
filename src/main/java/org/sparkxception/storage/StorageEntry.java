package org.sparkxception.storage;

import org.apache.hadoop.fs.FileStatus;

/**
 * What a directory holds.
 *
 * @param uri as it is stored, where a Hadoop path may leave out a part of it; a directory of keys has a slash at its end
 * @param status with the nearest path that Hadoop has
 */
public record StorageEntry(String uri, FileStatus status) {
    /** An entry that has a Hadoop path. */
    public static StorageEntry of(FileStatus status) {
        return new StorageEntry(status.getPath().toString(), status);
    }

    /** Whether its URI is a path of Hadoop. */
    public boolean isPath() {
        return status.getPath().toString().equals(uri);
    }

    /** The last part of the URI. */
    public String name() {
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        return uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
    }
}
