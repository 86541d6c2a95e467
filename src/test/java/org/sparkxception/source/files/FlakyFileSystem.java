package org.sparkxception.source.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Seekable;

/** Local files that break off at some byte, as often as it is asked to. */
public final class FlakyFileSystem extends RawLocalFileSystem {
    public static final AtomicInteger FAULTS_LEFT = new AtomicInteger();
    static final long FAULT_AT = 1000;

    @Override
    public URI getUri() {
        return URI.create("flaky:///");
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        return new FSDataInputStream(new Flaky(super.open(path, bufferSize)));
    }

    private static final class Flaky extends FilterInputStream implements Seekable, PositionedReadable {
        private final FSDataInputStream stream;

        Flaky(FSDataInputStream stream) {
            super(stream);
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            fail();
            return stream.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            fail();
            return stream.read(bytes, offset, length);
        }

        private void fail() throws IOException {
            if (stream.getPos() >= FAULT_AT && FAULTS_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IOException("connection reset");
            }
        }

        @Override
        public void seek(long position) throws IOException {
            stream.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return stream.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            return stream.read(position, bytes, offset, length);
        }

        @Override
        public void readFully(long position, byte[] bytes, int offset, int length) throws IOException {
            stream.readFully(position, bytes, offset, length);
        }

        @Override
        public void readFully(long position, byte[] bytes) throws IOException {
            stream.readFully(position, bytes);
        }
    }
}
