package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/**
 * Decompresses faxes. Rows of group 3 are separated by end-of-line codes: a damaged row is filled, as in libtiff, and reading resumes
 * at the next code. In the other compressions, a damaged row makes the following data unreadable.
 *
 * <p>Source: ITU T.4 and T.6; libtiff for the handling of damaged rows.
 */
final class TiffFax implements TiffRows {
    static final int ROWS = 2;
    static final int GROUP_3 = 3;
    static final int GROUP_4 = 4;
    private static final int TWO_DIMENSIONS = 1;
    private static final int END_OF_LINE_ZEROS = 11;
    private static final int MODE_BITS = 7;

    private final FaxBits bits;
    private final int compression;
    private final boolean twoDimensions;
    private final int width;

    /** The runs of the row, alternating white and black, and their number; and the runs of the row before. */
    private int[] runs;

    private int count;
    private int[] before;

    /** The column reached, and the length so far of the run that is not added yet. */
    private int place;

    private int run;
    /** The next color change in the row before, and the index of the run after it. */
    private int change;

    private int behind;
    private boolean endOfLineSeen;

    TiffFax(ByteBuffer packed, int compression, int options, int width) {
        this.compression = compression;
        this.width = width;
        bits = new FaxBits(packed);
        twoDimensions = (options & TWO_DIMENSIONS) != 0;
        runs = new int[2 * width + 64];
        before = new int[runs.length];
        before[0] = width;
    }

    @Override
    public void next(byte[] row) throws DataFormatException {
        count = 0;
        place = 0;
        run = 0;
        if (!readRow() && compression != GROUP_3) {
            throw new DataFormatException("the fax data ends too early or contains an unknown code");
        }
        fillUp();
        paint(row);
        runs[count] = 0;
        runs[count + 1] = 0;
        int[] swapped = before;
        before = runs;
        runs = swapped;
    }

    /** Reads a row; returns whether it is intact. */
    private boolean readRow() throws DataFormatException {
        boolean sound;
        if (compression == GROUP_3) {
            findEndOfLine();
            boolean plain = !twoDimensions || takeBit();
            sound = plain ? readRuns() : readChanges();
        } else {
            sound = compression == GROUP_4 ? readChanges() : readRuns();
        }
        if (compression == ROWS) {
            bits.skipToByte();
        }
        return sound && place == width;
    }

    private boolean takeBit() throws DataFormatException {
        int bit = bits.peek(1);
        bits.skip(1);
        return bit == 1;
    }

    /** Skips to the position after the next end-of-line code. */
    private void findEndOfLine() throws DataFormatException {
        while (!endOfLineSeen && bits.peek(END_OF_LINE_ZEROS) != 0) {
            bits.skip(1);
        }
        while (!takeBit()) {
            // The code can have any number of additional zeros.
        }
        endOfLineSeen = false;
    }

    private boolean readRuns() throws DataFormatException {
        boolean white = true;
        do {
            if (!readRun(white ? FaxCodes.WHITE : FaxCodes.BLACK)) {
                return false;
            }
            if (!white && place < width && runs[count - 1] == 0 && runs[count - 2] == 0) {
                count -= 2;
            }
            white = !white;
        } while (place < width);
        return true;
    }

    /** Reads a run; returns whether there was one. */
    private boolean readRun(FaxCodes codes) throws DataFormatException {
        while (true) {
            int next = bits.peek(FaxCodes.bits());
            int length = codes.length(next);
            if (length == 0) {
                endOfLineSeen = next >> (FaxCodes.bits() - END_OF_LINE_ZEROS) == 0;
                bits.skip(endOfLineSeen ? END_OF_LINE_ZEROS : 0);
                return false;
            }
            bits.skip(length);
            if (codes.run(next) < FaxCodes.FIRST_LONG) {
                add(codes.run(next));
                return true;
            }
            place += codes.run(next);
            run += codes.run(next);
        }
    }

    /** Reads a row that is encoded as the difference from the row before; returns whether it is intact. */
    private boolean readChanges() throws DataFormatException {
        change = before[0];
        behind = 1;
        while (place < width) {
            if (!readChange()) {
                return false;
            }
        }
        if (run > 0) {
            if (place + run < width && !takeBit()) {
                return false;
            }
            add(0);
        }
        return true;
    }

    private boolean readChange() throws DataFormatException {
        int next = bits.peek(MODE_BITS);
        int zeros = Integer.numberOfLeadingZeros(next) - (Integer.SIZE - MODE_BITS);
        switch (zeros) {
            case 0 -> {
                bits.skip(1);
                return addChange(0);
            }
            case 1, 4, 5 -> {
                int length = zeros + 2;
                int distance = zeros == 1 ? 1 : zeros - 2;
                boolean right = (next >> (MODE_BITS - length) & 1) == 1;
                bits.skip(length);
                return addChange(right ? distance : -distance);
            }
            case 2 -> {
                bits.skip(3);
                return readTwoRuns();
            }
            case 3 -> {
                bits.skip(4);
                pass();
                return true;
            }
            default -> {
                bits.skip(MODE_BITS);
                runs[count++] = width - place;
                if (zeros == MODE_BITS) {
                    bits.peek(4);
                    bits.skip(4);
                    endOfLineSeen = true;
                }
                return false;
            }
        }
    }

    private boolean readTwoRuns() throws DataFormatException {
        boolean blackFirst = count % 2 == 1;
        boolean read = readRun(blackFirst ? FaxCodes.BLACK : FaxCodes.WHITE)
                && readRun(blackFirst ? FaxCodes.WHITE : FaxCodes.BLACK);
        endOfLineSeen = false;
        findChange();
        return read;
    }

    private void pass() {
        findChange();
        change += before[behind++];
        run += change - place;
        place = change;
        change += before[behind++];
    }

    private boolean addChange(int distance) {
        findChange();
        if (distance < 0) {
            if (change < place - distance) {
                return false;
            }
            add(change - place + distance);
            change -= before[--behind];
        } else {
            add(change - place + distance);
            change += before[behind++];
        }
        return true;
    }

    /** Advances to the first color change after the current column; at the start of a row, it can also be at the column. */
    private void findChange() {
        while (count > 0 && change <= place && change < width) {
            change += before[behind] + before[behind + 1];
            behind += 2;
        }
    }

    private void add(int length) {
        runs[count++] = run + length;
        place += length;
        run = 0;
    }

    /** Extends or cuts the runs of a damaged row to the width of the row. */
    private void fillUp() {
        if (run > 0) {
            add(0);
        }
        if (place == width) {
            return;
        }
        while (place > width && count > 0) {
            place -= runs[--count];
        }
        place = Math.max(0, place);
        if (place < width) {
            if (count % 2 == 1) {
                add(0);
            }
            add(width - place);
        } else {
            add(width);
            add(0);
        }
    }

    /** Paints the runs; cuts off what exceeds the row. */
    private void paint(byte[] row) {
        Arrays.fill(row, (byte) 0);
        int x = 0;
        for (int i = 0; i < count; i++) {
            runs[i] = runs[i] < 0 ? width - x : Math.min(runs[i], width - x);
            int end = x + runs[i];
            if (i % 2 == 1) {
                blacken(row, x, end);
            }
            x = end;
        }
    }

    private static void blacken(byte[] row, int from, int to) {
        int x = from;
        while (x < to) {
            if (x % Byte.SIZE == 0 && to - x >= Byte.SIZE) {
                row[x / Byte.SIZE] = (byte) 0xff;
                x += Byte.SIZE;
            } else {
                row[x / Byte.SIZE] |= (byte) (0x80 >> x % Byte.SIZE);
                x++;
            }
        }
    }
}
