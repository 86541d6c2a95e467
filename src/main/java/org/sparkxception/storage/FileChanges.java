package org.sparkxception.storage;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * File operations that throw an exception if they fail. Hadoop's own operations return false, both for failures and for files that
 * do not exist.
 */
public final class FileChanges {
    private FileChanges() {}

    /**
     * Deletes a file, or a directory with all its contents. Does nothing if the path does not exist.
     *
     * @throws IOException if it still exists
     */
    public static void delete(FileSystem storage, Path path) throws IOException {
        if (!storage.delete(path, true) && storage.exists(path)) {
            throw new IOException(path + " cannot be deleted");
        }
    }

    /**
     * Renames a file.
     *
     * @throws IOException if it could not be renamed
     */
    public static void rename(FileSystem storage, Path from, Path to) throws IOException {
        if (!storage.rename(from, to)) {
            throw new IOException(from + " cannot be renamed to " + to.getName());
        }
    }

    /** Writes a file, replacing an existing one. */
    public static void write(FileSystem storage, Path path, byte[] content) throws IOException {
        try (OutputStream stream = storage.create(path, true)) {
            stream.write(content);
        }
    }

    /**
     * Creates a directory and its parents. Does nothing if it already exists.
     *
     * @throws IOException if it could not be created
     */
    public static void makeDirectory(FileSystem storage, Path path) throws IOException {
        if (!storage.mkdirs(path)) {
            throw new IOException(path + " cannot be created");
        }
    }
}
