package org.sparkxception.image.bmp;

import java.nio.ByteBuffer;

/**
 * Decompresses run-length encoded BMPs like Pillow: runs are cut off at the end of a row, because writers pad rows; skipped pixels get
 * the palette's first color; and all rows must be present.
 */
final class BmpRuns {
    private static final int END_OF_ROW = 0;
    private static final int END = 1;
    private static final int JUMP = 2;

    private final ByteBuffer packed;
    private final boolean halves;
    private final int width;
    private final long total;
    private final Pixels pixels;
    private long done;
    /** The column according to Pillow's count. */
    private int x;

    /** Receives pixels in file order. */
    interface Pixels {
        void put(long place, int index);
    }

    BmpRuns(BmpLayout layout, ByteBuffer packed, Pixels pixels) {
        this.packed = packed;
        this.pixels = pixels;
        halves = layout.compression == BmpLayout.RUNS_OF_HALVES;
        width = layout.width;
        total = (long) layout.width * layout.height;
    }

    /** Reads all rows; throws an exception of an index or a buffer if the data ends before the last row does. */
    void read() {
        while (done < total) {
            int count = next();
            int value = next();
            if (count > 0) {
                int fitting = Math.max(0, Math.min(count, width - x));
                for (int i = 0; i < fitting; i++) {
                    put(halves ? half(value, i) : value);
                }
                x += fitting;
            } else {
                escape(value);
            }
        }
    }

    private void escape(int code) {
        switch (code) {
            case END_OF_ROW -> {
                skip((width - done % width) % width);
                x = 0;
            }
            case END -> throw new IndexOutOfBoundsException("the data ends too early");
            case JUMP -> {
                int right = next();
                skip(right + (long) next() * width);
                x = (int) (done % width);
            }
            default -> {
                literal(code);
                x += code;
            }
        }
    }

    private void literal(int count) {
        int value = 0;
        for (int i = 0; i < count && done < total; i++) {
            if (!halves || i % 2 == 0) {
                value = next();
            }
            put(halves ? half(value, i) : value);
        }
        if (done < total && packed.position() % 2 != 0) {
            next();
        }
    }

    private void skip(long count) {
        for (long i = 0; i < count && done < total; i++) {
            put(0);
        }
    }

    private void put(int index) {
        if (done < total) {
            pixels.put(done++, index);
        }
    }

    private int next() {
        return Byte.toUnsignedInt(packed.get());
    }

    private static int half(int value, int place) {
        return place % 2 == 0 ? value >> 4 : value & 0xf;
    }
}
