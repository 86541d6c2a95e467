package org.sparkxception.storage;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Changes to files that fail with an exception. Hadoop's own return false, both for what could not be done and for what was not
 * there.
 */
public final class FileChanges {
    private FileChanges() {}

    /**
     * Deletes a file, or a directory with all that is in it. A path that does not exist is fine.
     *
     * @throws IOException if it is still there
     */
    public static void delete(FileSystem storage, Path path) throws IOException {
        if (!storage.delete(path, true) && storage.exists(path)) {
            throw new IOException(path + " cannot be deleted");
        }
    }

    /**
     * Renames a file.
     *
     * @throws IOException if it does not have its new name
     */
    public static void rename(FileSystem storage, Path from, Path to) throws IOException {
        if (!storage.rename(from, to)) {
            throw new IOException(from + " cannot be renamed to " + to.getName());
        }
    }

    /** Writes a file, in place of one that is there. */
    public static void write(FileSystem storage, Path path, byte[] content) throws IOException {
        try (OutputStream stream = storage.create(path, true)) {
            stream.write(content);
        }
    }

    /**
     * Makes a directory, and those above it; one that is there is fine.
     *
     * @throws IOException if it is not there afterward
     */
    public static void makeDirectory(FileSystem storage, Path path) throws IOException {
        if (!storage.mkdirs(path)) {
            throw new IOException(path + " cannot be created");
        }
    }
}
