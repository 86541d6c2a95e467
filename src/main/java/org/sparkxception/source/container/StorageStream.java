package org.sparkxception.source.container;

import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.sparkxception.source.fetch.FileReader;
import org.sparkxception.source.fetch.LocalListing;
import org.sparkxception.source.fetch.LocalNames;

/** A file of any Hadoop filesystem. Storage faults are {@link StorageException}s, unlike format errors. Skips by seeking. */
final class StorageStream extends FSInputStream {
    private final FSDataInputStream stream;
    private final FileStatus status;

    private StorageStream(FSDataInputStream stream, FileStatus status) {
        this.stream = stream;
        this.status = status;
    }

    static StorageStream open(String file, Configuration configuration) throws IOException {
        FileReader.requirePath(file);
        Path path = new Path(file);
        FileSystem storage = FileReader.storage(path, configuration);
        if (LocalListing.isLocal(storage)) {
            LocalListing.requireRegular(LocalNames.file(path.toUri().getPath()));
        }
        FileStatus status = storage.getFileStatus(path);
        return new StorageStream(
                FutureIO.awaitFuture(
                        storage.openFile(path).withFileStatus(status).build()),
                status);
    }

    long length() {
        return status.getLen();
    }

    long modifiedMillis() {
        return status.getModificationTime();
    }

    @Override
    public int read() {
        try {
            return stream.read();
        } catch (IOException e) {
            throw new StorageException(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return stream.read(bytes, offset, length);
        } catch (IOException e) {
            throw new StorageException(e);
        }
    }

    @Override
    public long skip(long bytes) throws EOFException {
        long skipped = Math.max(0, Math.min(bytes, length() - getPos()));
        seek(getPos() + skipped);
        return skipped;
    }

    @Override
    public void seek(long position) throws EOFException {
        if (position > length()) {
            throw new EOFException("it ends before byte %,d".formatted(position));
        }
        try {
            stream.seek(position);
        } catch (IOException e) {
            throw new StorageException(e);
        }
    }

    @Override
    public long getPos() {
        try {
            return stream.getPos();
        } catch (IOException e) {
            throw new StorageException(e);
        }
    }

    @Override
    public boolean seekToNewSource(long position) {
        return false;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
