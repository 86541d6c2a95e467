package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Decompresses TIFF's PackBits: runs of a repeated byte, and of literal bytes.
 *
 * <p>Source: TIFF 6.0, section 9.
 */
final class TiffPackBits implements TiffRows {
    private final ByteBuffer packed;
    /** The bytes left of the current run, which can continue in the next row. */
    private int left;

    private boolean repeated;
    private byte value;

    TiffPackBits(ByteBuffer packed) {
        this.packed = packed;
    }

    @Override
    public void next(byte[] row) {
        int done = 0;
        while (done < row.length) {
            if (left == 0) {
                startRun();
            }
            int count = Math.min(left, row.length - done);
            if (repeated) {
                Arrays.fill(row, done, done + count, value);
            } else {
                packed.get(row, done, count);
            }
            done += count;
            left -= count;
        }
    }

    private void startRun() {
        int head = packed.get();
        if (head == Byte.MIN_VALUE) {
            return;
        }
        repeated = head < 0;
        left = Math.abs(head) + 1;
        if (repeated) {
            value = packed.get();
        }
    }
}
