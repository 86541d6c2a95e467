package org.sparkxception.storage;

import org.apache.hadoop.fs.FileStatus;

/**
 * An entry of a directory.
 *
 * @param uri the URI as it is stored, of which a Hadoop path can omit parts; a directory of S3 keys has a trailing slash
 * @param status the status, with the closest path that Hadoop can represent
 */
public record StorageEntry(String uri, FileStatus status) {
    /** An entry whose URI is its Hadoop path. */
    public static StorageEntry of(FileStatus status) {
        return new StorageEntry(status.getPath().toString(), status);
    }

    /** Whether its URI is a valid Hadoop path. */
    public boolean isPath() {
        return status.getPath().toString().equals(uri);
    }

    /** The last part of the URI. */
    public String name() {
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        return uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
    }
}
