package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sparkxception.image.header.TiffTags;

/** Decompresses the blocks of a TIFF row by row, and fails if a row is damaged; libtiff would leave it black. */
final class TiffBlocks {
    static final int RAW = 1;
    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32946;
    private static final int PACK_BITS = 32773;
    private static final int DIFFERENCES = 2;
    private static final int LOWEST_BIT_FIRST = 2;

    private static final Set<Integer> WITH_PREDICTOR = Set.of(LZW, DEFLATE, OLD_DEFLATE);
    private static final Set<Integer> FAXES = Set.of(TiffFax.ROWS, TiffFax.GROUP_3, TiffFax.GROUP_4);
    private static final Set<Integer> OTHERS = Set.of(RAW, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS);
    /** JPEG. */
    private static final Set<Integer> LEFT_TO_OPENCV = Set.of(6, 7);

    private final TiffLayout layout;
    private final byte[] file;
    private final boolean differences;
    private final long[] offsets;
    private final long[] lengths;

    TiffBlocks(TiffLayout layout, byte[] file) {
        this.layout = layout;
        this.file = file;
        differences = hasPredictor(layout.compression) && layout.number(TiffTags.PREDICTOR, 1) == DIFFERENCES;
        offsets = layout.offsets();
        lengths = layout.lengths();
    }

    static boolean isRead(int compression) {
        return OTHERS.contains(compression) || isFax(compression);
    }

    static boolean isFax(int compression) {
        return FAXES.contains(compression);
    }

    static boolean isLeftToOpenCv(int compression) {
        return LEFT_TO_OPENCV.contains(compression);
    }

    static boolean hasPredictor(int compression) {
        return WITH_PREDICTOR.contains(compression);
    }

    /** Returns the rows of a block. */
    TiffRows rows(int index) throws DataFormatException {
        TiffRows rows = unpacked(packed(index));
        return differences ? new Sums(rows) : rows;
    }

    private TiffRows unpacked(ByteBuffer packed) {
        return switch (layout.compression) {
            case RAW -> packed::get;
            case LZW -> new TiffLzw(packed);
            case PACK_BITS -> new TiffPackBits(packed);
            case TiffFax.ROWS, TiffFax.GROUP_3, TiffFax.GROUP_4 ->
                new TiffFax(packed, layout.compression, layout.number(TiffTags.GROUP_3_OPTIONS, 0), layout.blockWidth);
            default -> new Inflated(packed);
        };
    }

    /** Returns the bytes of a block. An uncompressed block can be longer than its stored length, as in Pillow. */
    private ByteBuffer packed(int index) throws DataFormatException {
        int start = Math.toIntExact(offsets[index]);
        int rest = file.length - start;
        long said = layout.compression == RAW ? rest : lengths[index];
        if (said > rest) {
            throw new DataFormatException("a block extends beyond the end of the file");
        }
        ByteBuffer packed = ByteBuffer.wrap(file, start, (int) said);
        return layout.number(TiffTags.FILL_ORDER, 1) == LOWEST_BIT_FIRST ? reversed(packed) : packed;
    }

    private static ByteBuffer reversed(ByteBuffer bytes) {
        byte[] result = new byte[bytes.remaining()];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (Integer.reverse(bytes.get()) >>> (Integer.SIZE - Byte.SIZE));
        }
        return ByteBuffer.wrap(result);
    }

    private static final class Inflated implements TiffRows {
        private final Inflater inflater = new Inflater();

        Inflated(ByteBuffer packed) {
            inflater.setInput(packed);
        }

        @Override
        public void next(byte[] row) throws DataFormatException {
            int done = 0;
            while (done < row.length) {
                int more = inflater.inflate(row, done, row.length - done);
                if (more == 0) {
                    throw new DataFormatException("a block ends too early");
                }
                done += more;
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    /** Rows that are stored as differences (horizontal predictor). */
    private final class Sums implements TiffRows {
        private final TiffRows rows;

        Sums(TiffRows rows) {
            this.rows = rows;
        }

        @Override
        public void next(byte[] row) throws DataFormatException {
            rows.next(row);
            int step = layout.samplesTogether();
            int count = layout.blockWidth * step;
            ByteBuffer values = ByteBuffer.wrap(row).order(layout.order());
            for (int i = step; i < count; i++) {
                if (layout.bits == Short.SIZE) {
                    int at = i * Short.BYTES;
                    values.putShort(at, (short) (values.getShort(at) + values.getShort(at - step * Short.BYTES)));
                } else {
                    row[i] += row[i - step];
                }
            }
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
