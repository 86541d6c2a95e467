package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/** The bits of fax data, the highest bit of a byte first. The last bit is followed by zeros, but no code can start there. */
final class FaxBits {
    private final byte[] bytes;
    private final int start;
    private final long end;
    private long at;

    FaxBits(ByteBuffer bytes) {
        this.bytes = bytes.array();
        start = bytes.arrayOffset() + bytes.position();
        end = (long) bytes.remaining() * Byte.SIZE;
    }

    /** Returns the next bits, up to 16, without consuming them. */
    int peek(int count) throws DataFormatException {
        if (at >= end) {
            throw new DataFormatException("the fax data ends too early");
        }
        int place = start + (int) (at / Byte.SIZE);
        int left = (int) (end / Byte.SIZE - at / Byte.SIZE);
        int word = Byte.toUnsignedInt(bytes[place]) << 16;
        word |= left > 1 ? Byte.toUnsignedInt(bytes[place + 1]) << 8 : 0;
        word |= left > 2 ? Byte.toUnsignedInt(bytes[place + 2]) : 0;
        return (word >>> (3 * Byte.SIZE - (int) (at % Byte.SIZE) - count)) & ((1 << count) - 1);
    }

    void skip(int count) {
        at += count;
    }

    void skipToByte() {
        at = (at + Byte.SIZE - 1) / Byte.SIZE * Byte.SIZE;
    }
}
