package org.sparkxception.image.bmp;

import java.nio.ByteBuffer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads BMP files with Pillow's pixels. OpenCV shifts the levels of 16-bit pixels where Pillow scales them to 255, and shears the image
 * if compressed rows are longer than its width.
 */
public final class BmpReader {
    private static final int CHANNELS = 3;
    private static final int HIGHEST = 255;

    private final BmpLayout layout;
    private final byte[] bytes;
    private final ByteBuffer rgb;

    private BmpReader(BmpLayout layout, byte[] file, Mat mat) {
        this.layout = layout;
        bytes = file;
        rgb = mat.createBuffer();
    }

    /** Reads the pixels; throws an exception of an index or a buffer if data is missing. */
    public static Mat read(BmpLayout layout, byte[] file) {
        Mat mat = new Mat(layout.height, layout.width, opencv_core.CV_8UC3);
        try {
            new BmpReader(layout, file, mat).read();
            return mat;
        } catch (RuntimeException e) {
            mat.close();
            throw e;
        }
    }

    private void read() {
        if (layout.compression == BmpLayout.RUNS_OF_BYTES || layout.compression == BmpLayout.RUNS_OF_HALVES) {
            ByteBuffer packed = ByteBuffer.wrap(bytes).position(layout.dataStart());
            byte[][] palette = layout.palette();
            new BmpRuns(layout, packed, (place, index) -> rgb.put(at(place), palette[index])).read();
        } else {
            readRows();
        }
    }

    private void readRows() {
        long stride = (layout.rowLength() + 3) / Integer.BYTES * Integer.BYTES;
        int start = layout.dataStart();
        // The padding of the last row can be missing.
        if (start < 0 || start + stride * (layout.height - 1) + layout.rowLength() > bytes.length) {
            throw new IndexOutOfBoundsException("the data ends too early");
        }
        byte[][] palette = layout.palette();
        byte[] line = new byte[layout.width * CHANNELS];
        for (int row = 0; row < layout.height; row++) {
            int from = (int) (start + stride * row);
            if (layout.hasIndices()) {
                for (int x = 0; x < layout.width; x++) {
                    byte[] color = palette[index(from, x)];
                    line[x * CHANNELS] = color[0];
                    line[x * CHANNELS + 1] = color[1];
                    line[x * CHANNELS + 2] = color[2];
                }
            } else if (layout.compression == BmpLayout.RAW && layout.bits > Short.SIZE) {
                turn(from, line);
            } else {
                stretch(from, line);
            }
            rgb.put(at((long) row * layout.width), line);
        }
    }

    private int index(int row, int x) {
        int bit = x * layout.bits;
        int shift = Byte.SIZE - layout.bits - bit % Byte.SIZE;
        return (bytes[row + bit / Byte.SIZE] >> shift) & ((1 << layout.bits) - 1);
    }

    /** Converts BGR to RGB. */
    private void turn(int row, byte[] line) {
        int length = layout.bits / Byte.SIZE;
        for (int x = 0; x < layout.width; x++) {
            int from = row + x * length;
            line[x * CHANNELS] = bytes[from + 2];
            line[x * CHANNELS + 1] = bytes[from + 1];
            line[x * CHANNELS + 2] = bytes[from];
        }
    }

    private void stretch(int row, byte[] line) {
        int length = layout.bits / Byte.SIZE;
        int[] masks = layout.masks();
        for (int x = 0; x < layout.width; x++) {
            int word = 0;
            for (int i = 0; i < length; i++) {
                word |= Byte.toUnsignedInt(bytes[row + x * length + i]) << (i * Byte.SIZE);
            }
            for (int channel = 0; channel < CHANNELS; channel++) {
                int mask = masks[channel];
                line[x * CHANNELS + channel] = (byte) (level(word & mask, mask) * HIGHEST / level(mask, mask));
            }
        }
    }

    static int level(int value, int mask) {
        return value >>> Integer.numberOfTrailingZeros(mask);
    }

    /** Returns the position in the RGB buffer of a pixel, by its number in the file. */
    private int at(long place) {
        int row = (int) (place / layout.width);
        int y = layout.fromTop ? row : layout.height - 1 - row;
        return (y * layout.width + (int) (place % layout.width)) * CHANNELS;
    }
}
