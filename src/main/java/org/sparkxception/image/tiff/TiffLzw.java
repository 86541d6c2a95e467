package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * Decompresses TIFF's LZW: codes of 9 to 12 bits, most significant bit first, whose width grows one code early. Writers before TIFF 5.0
 * used least significant bit first, without the early change.
 *
 * <p>Source: TIFF 6.0, section 13; libtiff for older writers.
 */
final class TiffLzw implements TiffRows {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int FIRST = 258;
    private static final int CODES = 4096;
    private static final int SHORTEST = 9;
    private static final int LONGEST = 12;
    private static final int NONE = -1;

    /** The string of a code is the string of its prefix code followed by its last byte. */
    private final short[] prefixes = new short[CODES];

    private final byte[] lasts = new byte[CODES];
    private final short[] lengths = new short[CODES];

    private final byte[] packed;
    private int place;
    private final int end;
    private final boolean old;
    private int bits;
    private int available;

    /** The next code to define; 0 before the first clear code, when no code is valid. */
    private int next;

    private int width = SHORTEST;
    private int previous = NONE;

    /** The string of the last code, and the number of its bytes already returned. */
    private final byte[] string = new byte[CODES];

    private int length;
    private int handedOut;

    TiffLzw(ByteBuffer packed) {
        this.packed = packed.array();
        place = packed.arrayOffset() + packed.position();
        end = packed.arrayOffset() + packed.limit();
        old = end - place > 1 && this.packed[place] == 0 && (this.packed[place + 1] & 1) == 1;
        for (int code = 0; code < CLEAR; code++) {
            lasts[code] = (byte) code;
            lengths[code] = 1;
        }
    }

    @Override
    public void next(byte[] row) throws DataFormatException {
        int done = 0;
        while (done < row.length) {
            if (handedOut == length) {
                readString();
            }
            int count = Math.min(length - handedOut, row.length - done);
            System.arraycopy(string, handedOut, row, done, count);
            handedOut += count;
            done += count;
        }
    }

    private void readString() throws DataFormatException {
        int code = code();
        while (code == CLEAR) {
            next = FIRST;
            width = SHORTEST;
            previous = NONE;
            code = code();
        }
        boolean isNew = code == next && previous != NONE;
        if (code == END || (code >= next && !isNew)) {
            throw new DataFormatException("a block ends too early or contains an unknown code");
        }
        spell(isNew ? previous : code);
        if (isNew) {
            string[length++] = string[0];
        }
        if (previous != NONE && next < CODES) {
            prefixes[next] = (short) previous;
            lasts[next] = string[0];
            lengths[next] = (short) (lengths[previous] + 1);
            next++;
            int grown = Integer.SIZE - Integer.numberOfLeadingZeros(old ? next : next + 1);
            width = Math.min(LONGEST, Math.max(width, grown));
        }
        previous = code;
    }

    private void spell(int code) {
        length = lengths[code];
        handedOut = 0;
        int rest = code;
        for (int at = length - 1; at >= 0; at--) {
            string[at] = lasts[rest];
            rest = prefixes[rest];
        }
    }

    private int code() throws DataFormatException {
        while (available < width) {
            if (place == end) {
                throw new DataFormatException("a block ends too early");
            }
            int more = Byte.toUnsignedInt(packed[place++]);
            bits = old ? bits | more << available : bits << Byte.SIZE | more;
            available += Byte.SIZE;
        }
        available -= width;
        int mask = (1 << width) - 1;
        if (old) {
            int code = bits & mask;
            bits >>>= width;
            return code;
        }
        return (bits >>> available) & mask;
    }
}
