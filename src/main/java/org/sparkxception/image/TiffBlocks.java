package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks the blocks of a TIFF. Damage is met with a {@link DataFormatException} or an exception of an index. */
final class TiffBlocks {
    private static final int RAW = 1;
    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32946;
    private static final int PACK_BITS = 32773;
    private static final int DIFFERENCES = 2;

    /** No kind of packing makes more of a byte: nothing larger is to be allocated. */
    private static final long MOST_PACKED = 4096;

    private static final Set<Integer> READ = Set.of(RAW, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS);
    /** Faxes and JPEGs. */
    private static final Set<Integer> LEFT_TO_OPENCV = Set.of(2, 3, 4, 6, 7);

    private final TiffLayout layout;
    private final byte[] file;
    private final long[] offsets;
    private final long[] lengths;

    TiffBlocks(TiffLayout layout, byte[] file) {
        this.layout = layout;
        this.file = file;
        offsets = layout.offsets();
        lengths = layout.lengths();
    }

    static boolean isRead(int compression) {
        return READ.contains(compression);
    }

    static boolean isLeftToOpenCv(int compression) {
        return LEFT_TO_OPENCV.contains(compression);
    }

    /** The bytes of a block, of which so many rows are there. */
    byte[] block(int index, int rows) throws DataFormatException {
        int start = Math.toIntExact(offsets[index]);
        int compression = layout.number(TiffTags.COMPRESSION, RAW);
        int size = Math.multiplyExact(rows, layout.rowLength());
        int length = compression == RAW ? size : Math.toIntExact(lengths[index]);
        ByteBuffer packed = ByteBuffer.wrap(file, start, Math.min(length, file.length - start));
        if (size > packed.remaining() * (compression == RAW ? 1 : MOST_PACKED)) {
            throw new DataFormatException("a block ends too early");
        }
        byte[] block = new byte[size];
        switch (compression) {
            case RAW -> packed.get(block);
            case LZW -> TiffLzw.unpack(packed, block);
            case PACK_BITS -> unpackBits(packed, block);
            default -> inflate(packed, block);
        }
        if (compression != RAW && layout.number(TiffTags.PREDICTOR, 1) == DIFFERENCES) {
            addDifferences(block);
        }
        return block;
    }

    private static void inflate(ByteBuffer packed, byte[] block) throws DataFormatException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            int done = 0;
            while (done < block.length) {
                int more = inflater.inflate(block, done, block.length - done);
                if (more == 0) {
                    throw new DataFormatException("a block ends too early");
                }
                done += more;
            }
        } finally {
            inflater.end();
        }
    }

    private static void unpackBits(ByteBuffer packed, byte[] block) {
        int done = 0;
        while (done < block.length) {
            int head = packed.get();
            if (head >= 0) {
                int count = Math.min(head + 1, block.length - done);
                packed.get(block, done, count);
                done += count;
            } else if (head != Byte.MIN_VALUE) {
                byte value = packed.get();
                for (int i = head; i <= 0 && done < block.length; i++) {
                    block[done++] = value;
                }
            }
        }
    }

    private void addDifferences(byte[] block) {
        int step = layout.samplesTogether();
        int perRow = layout.blockWidth * step;
        ByteBuffer values = ByteBuffer.wrap(block).order(layout.order());
        for (int row = 0; row < block.length; row += layout.rowLength()) {
            for (int i = step; i < perRow; i++) {
                if (layout.bits == Short.SIZE) {
                    int at = row + i * Short.BYTES;
                    values.putShort(at, (short) (values.getShort(at) + values.getShort(at - step * Short.BYTES)));
                } else {
                    block[row + i] += block[row + i - step];
                }
            }
        }
    }
}
