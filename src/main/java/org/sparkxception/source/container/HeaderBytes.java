package org.sparkxception.source.container;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a tar archive. The bytes of the headers of a member are recorded while they are read, to determine whether its name
 * is in a pax header, which is always UTF-8, or in a header of unknown encoding.
 */
final class HeaderBytes extends FilterInputStream {
    private static final int MAX_BYTES = 1 << 20;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean keeps;

    HeaderBytes(InputStream archive) {
        super(archive);
    }

    void keep() {
        kept.reset();
        keeps = true;
    }

    /** Stops recording. Returns whether the name is in a pax header. */
    boolean namedByPax() {
        keeps = false;
        return kept.toString(StandardCharsets.ISO_8859_1).contains(" path=");
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0 && keeps && kept.size() < MAX_BYTES) {
            kept.write(value);
        }
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count > 0 && keeps && kept.size() < MAX_BYTES) {
            kept.write(bytes, offset, count);
        }
        return count;
    }
}
