package org.sparkxception.benchmark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A filesystem that lists as many files as the setting {@value #FILES} says, and holds none. {@code madeup://x/1000} has
 * directories of 1,000 files. It lists as real ones do, bit by bit, and never all at once.
 */
public final class MadeUpFileSystem extends FileSystem {
    public static final String FILES = "madeup.files";

    private static final long MODIFIED = 1_700_000_000_000L;

    private URI uri;

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    }

    @Override
    public String getScheme() {
        return "madeup";
    }

    @Override
    public URI getUri() {
        return uri;
    }

    /** It needs no tokens; the default would look its host up. */
    @Override
    public String getCanonicalServiceName() {
        return null;
    }

    @Override
    public FileStatus getFileStatus(Path path) {
        return path.depth() < 3 ? directory(path) : file(path, 0);
    }

    private static FileStatus directory(Path path) {
        return new FileStatus(0, true, 1, 1, MODIFIED, path);
    }

    private static FileStatus file(Path path, long number) {
        return new FileStatus(50_000 + number % 100_000, false, 1, 128 << 20, MODIFIED + number, path);
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(Path path) {
        String[] parts = path.toUri().getPath().split("/", -1);
        long files = getConf().getLong(FILES, 0);
        long aDirectory = Long.parseLong(parts[1]);
        boolean top = parts.length == 2;
        long first = top ? 0 : Long.parseLong(parts[2]) * aDirectory;
        long end = top ? (files + aDirectory - 1) / aDirectory : Math.min(files, first + aDirectory);
        return new RemoteIterator<>() {
            private long next = first;

            @Override
            public boolean hasNext() {
                return next < end;
            }

            @Override
            public FileStatus next() {
                long number = next++;
                return top
                        ? directory(new Path(path, "%06d".formatted(number)))
                        : file(new Path(path, "IMG_%010d.jpg".formatted(number)), number);
            }
        };
    }

    @Override
    public FileStatus[] listStatus(Path path) throws FileNotFoundException, IOException {
        throw new UnsupportedOperationException("a whole directory at once");
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) {
        throw new UnsupportedOperationException("open");
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress) {
        throw new UnsupportedOperationException("create");
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw new UnsupportedOperationException("append");
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("rename");
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        throw new UnsupportedOperationException("delete");
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) {
        throw new UnsupportedOperationException("mkdirs");
    }

    @Override
    public void setWorkingDirectory(Path path) {
        // It has none.
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path(uri + "/");
    }
}
