package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/** The bits of a fax, the highest of a byte first. There are zeros behind the last one, but no code begins there. */
final class FaxBits {
    private final ByteBuffer bytes;
    private final int start;
    private final long end;
    private long at;

    FaxBits(ByteBuffer bytes) {
        this.bytes = bytes;
        start = bytes.position();
        end = (long) bytes.remaining() * Byte.SIZE;
    }

    /** Up to 16 bits that come next. */
    int peek(int count) throws DataFormatException {
        if (at >= end) {
            throw new DataFormatException("a fax ends too early");
        }
        int word = 0;
        for (int i = 0; i < 3; i++) {
            long place = at / Byte.SIZE + i;
            word = word << Byte.SIZE
                    | (place * Byte.SIZE < end ? Byte.toUnsignedInt(bytes.get((int) (start + place))) : 0);
        }
        return (word >>> (3 * Byte.SIZE - (int) (at % Byte.SIZE) - count)) & ((1 << count) - 1);
    }

    void skip(int count) {
        at += count;
    }

    void skipToByte() {
        at = (at + Byte.SIZE - 1) / Byte.SIZE * Byte.SIZE;
    }
}
