package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads the TIFF files whose pixels OpenCV gives otherwise than Pillow, or not at all: CMYK, RGB of 16 bits, grey and palettes of 2
 * and 4 bits, tiles, colours that are premultiplied by alpha.
 */
final class TiffReader {
    private static final int CHANNELS = 3;

    private final TiffLayout layout;
    private final TiffBlocks blocks;
    private final TiffColours colours;
    private final int[] pixel;
    private final int upperByte;

    private TiffReader(TiffLayout layout, byte[] file) {
        this.layout = layout;
        blocks = new TiffBlocks(layout, file);
        colours = new TiffColours(layout);
        pixel = new int[layout.samples];
        upperByte = layout.order() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
    }

    /**
     * The pixels as they are stored.
     *
     * @throws DataFormatException or any {@link RuntimeException} if the data is damaged
     */
    static Mat read(TiffLayout layout, byte[] file) throws DataFormatException {
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
        int across = layout.across();
        for (int row = 0; row < layout.down(); row++) {
            for (int column = 0; column < across; column++) {
                byte[][] planes = new byte[layout.separate ? layout.samples : 1][];
                for (int plane = 0; plane < planes.length; plane++) {
                    planes[plane] = blocks.block((plane * layout.down() + row) * across + column, layout.rowsIn(row));
                }
                paint(planes, column * layout.blockWidth, row * layout.blockHeight, rgb);
            }
        }
    }

    private void paint(byte[][] planes, int left, int top, ByteBuffer rgb) {
        int columns = Math.min(layout.blockWidth, layout.width - left);
        int rows = Math.min(layout.blockHeight, layout.height - top);
        byte[] line = new byte[columns * CHANNELS];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                for (int i = 0; i < pixel.length; i++) {
                    pixel[i] = layout.separate ? sample(planes[i], y, x) : sample(planes[0], y, x * pixel.length + i);
                }
                colours.put(pixel, line, x * CHANNELS);
            }
            rgb.put(((top + y) * layout.width + left) * CHANNELS, line);
        }
    }

    /** A sample of up to 8 bits; of 16 bits the upper 8, as Pillow takes them of more than one channel. */
    private int sample(byte[] plane, int y, int index) {
        int row = y * layout.rowLength();
        if (layout.bits == Byte.SIZE) {
            return Byte.toUnsignedInt(plane[row + index]);
        } else if (layout.bits == Short.SIZE) {
            return Byte.toUnsignedInt(plane[row + index * Short.BYTES + upperByte]);
        }
        int bit = index * layout.bits;
        int shift = Byte.SIZE - layout.bits - bit % Byte.SIZE;
        return (plane[row + bit / Byte.SIZE] >> shift) & ((1 << layout.bits) - 1);
    }
}
