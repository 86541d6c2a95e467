package org.sparkxception.image.tiff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads TIFF files: returns Pillow's pixels or fails. OpenCV returns different pixels for many of them, and black rows for damaged
 * blocks.
 */
public final class TiffReader {
    private static final int CHANNELS = 3;

    private final TiffLayout layout;
    private final TiffBlocks blocks;
    private final TiffColors colors;
    private final int[] pixel;
    private final int upperByte;

    private TiffReader(TiffLayout layout, byte[] file) {
        this.layout = layout;
        blocks = new TiffBlocks(layout, file);
        colors = new TiffColors(layout);
        pixel = new int[layout.samples];
        upperByte = layout.order() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
    }

    /**
     * Returns the pixels as stored, before orientation.
     *
     * @throws DataFormatException or any {@link RuntimeException} if the data is damaged
     */
    public static Mat read(TiffLayout layout, byte[] file) throws DataFormatException {
        Mat mat = new Mat(layout.height, layout.width, opencv_core.CV_8UC3);
        try {
            new TiffReader(layout, file).readInto(mat);
            return mat;
        } catch (DataFormatException | RuntimeException e) {
            mat.close();
            throw e;
        }
    }

    private void readInto(Mat mat) throws DataFormatException {
        ByteBuffer rgb = mat.createBuffer();
        for (int row = 0; row < layout.down(); row++) {
            for (int column = 0; column < layout.across(); column++) {
                TiffRows[] planes = new TiffRows[layout.separate ? layout.samples : 1];
                try {
                    for (int plane = 0; plane < planes.length; plane++) {
                        planes[plane] = blocks.rows((plane * layout.down() + row) * layout.across() + column);
                    }
                    readBlock(planes, row, column, rgb);
                } finally {
                    for (TiffRows plane : planes) {
                        if (plane != null) {
                            plane.close();
                        }
                    }
                }
            }
        }
    }

    private void readBlock(TiffRows[] planes, int row, int column, ByteBuffer rgb) throws DataFormatException {
        int left = column * layout.blockWidth;
        int top = row * layout.blockHeight;
        byte[][] samples = new byte[planes.length][layout.rowLength()];
        byte[] line = new byte[Math.min(layout.blockWidth, layout.width - left) * CHANNELS];
        for (int y = 0; y < layout.rowsIn(row); y++) {
            for (int plane = 0; plane < planes.length; plane++) {
                planes[plane].next(samples[plane]);
            }
            // The rows of a compressed tile below the image must be intact as well.
            if (top + y < layout.height) {
                paint(samples, line);
                rgb.put(((top + y) * layout.width + left) * CHANNELS, line);
            }
        }
    }

    private void paint(byte[][] samples, byte[] line) {
        if (layout.isPlainRgb()) {
            System.arraycopy(samples[0], 0, line, 0, line.length);
            return;
        }
        if (pixel.length == 1 && layout.bits <= Byte.SIZE) {
            for (int x = 0; x * CHANNELS < line.length; x++) {
                colors.put(sample(samples[0], x), line, x * CHANNELS);
            }
            return;
        }
        for (int x = 0; x * CHANNELS < line.length; x++) {
            for (int i = 0; i < pixel.length; i++) {
                pixel[i] = layout.separate ? sample(samples[i], x) : sample(samples[0], x * pixel.length + i);
            }
            colors.put(pixel, line, x * CHANNELS);
        }
    }

    /** Returns a sample, converted to at most 8 bits. */
    private int sample(byte[] row, int index) {
        if (layout.bits == Byte.SIZE) {
            return Byte.toUnsignedInt(row[index]);
        } else if (layout.bits == Short.SIZE) {
            return ofDeep(row, index * Short.BYTES);
        }
        int bit = index * layout.bits;
        int shift = Byte.SIZE - layout.bits - bit % Byte.SIZE;
        return (row[bit / Byte.SIZE] >> shift) & ((1 << layout.bits) - 1);
    }

    /** Converts a 16-bit sample to 8 bits: like Pillow, the upper byte with more than one channel, but gray clipped to 255. */
    private int ofDeep(byte[] row, int at) {
        int upper = row[at + upperByte];
        int lower = Byte.toUnsignedInt(row[at + 1 - upperByte]);
        if (layout.samples > 1) {
            return upper & 0xff;
        } else if (upper < 0 && layout.signed) {
            return 0;
        }
        return upper == 0 ? lower : 0xff;
    }
}
