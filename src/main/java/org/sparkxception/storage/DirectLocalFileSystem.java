package org.sparkxception.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local filesystem, except that it sets permissions through the JDK. Without Hadoop's native library, which is not in Spark's
 * jars, Hadoop starts the program {@code chmod} for each file and each directory that it creates: some 10 ms each. Its name is a default
 * of {@code fs.file.impl}.
 */
public final class DirectLocalFileSystem extends LocalFileSystem {
    /** Hadoop calls it by reflection. */
    public DirectLocalFileSystem() {
        super(new Raw());
    }

    private static final class Raw extends RawLocalFileSystem {
        @Override
        public void setPermission(Path path, FsPermission permission) throws IOException {
            if (permission.getStickyBit() || !setByJdk(path, permission)) {
                super.setPermission(path, permission);
            }
        }

        /** Returns false if the JDK cannot address the file, or its disk has no POSIX permissions. */
        private boolean setByJdk(Path path, FsPermission permission) throws IOException {
            try {
                Files.setPosixFilePermissions(
                        pathToFile(path).toPath(), PosixFilePermissions.fromString(permission.toString()));
                return true;
            } catch (InvalidPathException | UnsupportedOperationException e) {
                return false;
            }
        }
    }
}
