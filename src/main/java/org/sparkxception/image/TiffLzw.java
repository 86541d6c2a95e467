package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * Unpacks TIFF's LZW: codes of 9 to 12 bits, the first bit highest, that grow one code early.
 *
 * <p>Source: TIFF 6.0, section 13.
 */
final class TiffLzw {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int FIRST = 258;
    private static final int CODES = 4096;
    private static final int SHORTEST = 9;
    private static final int LONGEST = 12;

    /** Every string is one that was written before, and the byte after it: where it begins in the output, and its length. */
    private final int[] starts = new int[CODES];

    private final int[] lengths = new int[CODES];

    private final ByteBuffer packed;
    private int bits;
    private int available;

    private TiffLzw(ByteBuffer packed) {
        this.packed = packed;
    }

    /** Fills a block. */
    static void unpack(ByteBuffer packed, byte[] block) throws DataFormatException {
        new TiffLzw(packed).unpack(block);
    }

    private void unpack(byte[] block) throws DataFormatException {
        int next = FIRST;
        int width = SHORTEST;
        int done = 0;
        while (done < block.length) {
            int code = code(width);
            if (code == CLEAR) {
                next = FIRST;
                width = SHORTEST;
                continue;
            }
            if (code == END || code >= next) {
                throw new DataFormatException("a block ends too early, or has a code that is not known");
            }
            int start = done;
            if (code < CLEAR) {
                block[done++] = (byte) code;
            } else {
                // A string may overlap its own end: the last code's may be used before it is written whole.
                for (int i = 0; i < lengths[code] && done < block.length; i++) {
                    block[done++] = block[starts[code] + i];
                }
            }
            if (next < CODES) {
                starts[next] = start;
                lengths[next] = done - start + 1;
                next++;
                width = Math.min(LONGEST, Math.max(width, Integer.SIZE - Integer.numberOfLeadingZeros(next)));
            }
        }
    }

    private int code(int width) throws DataFormatException {
        while (available < width) {
            if (!packed.hasRemaining()) {
                throw new DataFormatException("a block ends too early");
            }
            bits = (bits << Byte.SIZE) | Byte.toUnsignedInt(packed.get());
            available += Byte.SIZE;
        }
        available -= width;
        return (bits >>> available) & ((1 << width) - 1);
    }
}
