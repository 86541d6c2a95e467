package org.sparkxception.chaos;

import java.io.FilterOutputStream;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/** A file that is written; its end is an operation of its own. One that fails leaves the file as a dead process does. */
final class CountedStream extends FilterOutputStream {
    private final Path path;
    private boolean closed;

    private CountedStream(FSDataOutputStream stream, Path path) {
        super(stream);
        this.path = path;
    }

    static FSDataOutputStream create(Path path, Faults.Operation<FSDataOutputStream> operation) throws IOException {
        FSDataOutputStream stream = Faults.call("create", path, operation);
        return new FSDataOutputStream(new CountedStream(stream, path), null, stream.getPos());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            Faults.call("close", path, () -> {
                out.close();
                return true;
            });
        }
    }
}
