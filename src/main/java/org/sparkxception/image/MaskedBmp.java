package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads the BMP files whose pixels are words with masks for the colours, and those of 16 bits: OpenCV shifts their levels up where
 * Pillow stretches them to 255, and refuses some headers.
 */
final class MaskedBmp {
    private static final int DATA_OFFSET = 10;
    private static final int HEADER_LENGTH = 14;
    private static final int OLD_HEADER = 12;
    private static final int WIDTH = 18;
    private static final int HEIGHT = 22;
    private static final int BITS = 28;
    private static final int COMPRESSION = 30;
    private static final int MASKS = 54;

    private static final int RAW = 0;
    private static final int BITFIELDS = 3;
    private static final int[] MASKS_555 = {0x7c00, 0x3e0, 0x1f};
    private static final int[] MASKS_888 = {0xff0000, 0xff00, 0xff};

    private final ByteBuffer bytes;
    private final int bits;
    private final int[] masks;

    private MaskedBmp(ByteBuffer bytes, int bits, int[] masks) {
        this.bytes = bytes;
        this.bits = bits;
        this.masks = masks;
    }

    /**
     * Nothing, where the file is of another kind.
     *
     * @throws ImageFault if levels have more than 8 bits, or a mask has gaps
     */
    static Optional<MaskedBmp> of(byte[] file) throws ImageFault {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(HEADER_LENGTH) == OLD_HEADER || file.length < COMPRESSION + Integer.BYTES) {
            return Optional.empty();
        }
        int bits = bytes.getShort(BITS);
        int compression = bytes.getInt(COMPRESSION);
        boolean masked = compression == BITFIELDS;
        if (!(masked && bits == Integer.SIZE) && !(bits == Short.SIZE && (masked || compression == RAW))) {
            return Optional.empty();
        }
        int[] masks =
                masked ? new int[] {bytes.getInt(MASKS), bytes.getInt(MASKS + 4), bytes.getInt(MASKS + 8)} : MASKS_555;
        if (masks[0] == 0 && masks[1] == 0 && masks[2] == 0) {
            masks = MASKS_888;
        }
        for (int mask : masks) {
            int level = level(mask);
            if (mask == 0 || level > 0xff || (level & (level + 1)) != 0) {
                throw new ImageFault(
                        ImageStatus.UNSUPPORTED,
                        String.format("it is a BMP with the colour mask %08x: convert it to JPEG or PNG", mask));
            }
        }
        return Optional.of(new MaskedBmp(bytes, bits, masks));
    }

    /** Throws an exception of an index where data is missing. */
    Mat read() {
        int width = bytes.getInt(WIDTH);
        int height = bytes.getInt(HEIGHT);
        int rows = Math.abs(height);
        long rowLength = ((long) width * bits + Integer.SIZE - 1) / Integer.SIZE * Integer.BYTES;
        int start = bytes.getInt(DATA_OFFSET);
        if (start < 0 || start + rowLength * rows > bytes.limit()) {
            throw new IndexOutOfBoundsException("it ends too early");
        }
        Mat mat = new Mat(rows, width, opencv_core.CV_8UC3);
        ByteBuffer rgb = mat.createBuffer();
        for (int y = 0; y < rows; y++) {
            int row = (int) (start + rowLength * (height < 0 ? y : rows - 1 - y));
            for (int x = 0; x < width; x++) {
                int word = bits == Short.SIZE
                        ? bytes.getShort(row + x * Short.BYTES)
                        : bytes.getInt(row + x * Integer.BYTES);
                for (int mask : masks) {
                    rgb.put((byte) (level(word & mask, mask) * 255 / level(mask)));
                }
            }
        }
        return mat;
    }

    private static int level(int mask) {
        return level(mask, mask);
    }

    private static int level(int value, int mask) {
        return value >>> Integer.numberOfTrailingZeros(mask);
    }
}
