package org.sparkxception.source;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A disk under another scheme, which tells of files as some storages do: every directory holds its own parent, as Hadoop reads an
 * object's key with {@code ..} in it, and files whose names begin with "unknown" have no known size, as over HTTP.
 */
public final class OddStorage extends RawLocalFileSystem {
    static final String SCHEME = "odd";

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    protected void checkPath(Path path) {}

    @Override
    public FileStatus[] listStatus(Path directory) throws IOException {
        FileStatus parent = new FileStatus(0, true, 1, 0, 0, directory.getParent());
        return Stream.concat(
                        Stream.of(parent),
                        Arrays.stream(super.listStatus(directory)).map(OddStorage::told))
                .toArray(FileStatus[]::new);
    }

    private static FileStatus told(FileStatus file) {
        return file.getPath().getName().startsWith("unknown")
                ? new FileStatus(-1, false, 1, 0, file.getModificationTime(), file.getPath())
                : file;
    }
}
