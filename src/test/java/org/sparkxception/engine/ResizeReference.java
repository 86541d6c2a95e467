package org.sparkxception.engine;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.sparkxception.image.ImageSize;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Resize;

/**
 * What another library made of generated images, as {@code src/test/python/make_resize_reference.py} wrote it.
 *
 * @param source the library
 * @param resize ours that should be equal
 * @param rows of the results
 * @param columns of the results
 * @param images what was resized, with values of the results
 */
record ResizeReference(String source, Resize resize, int rows, int columns, List<Image> images) {
    private static final int SAMPLES = 600;

    /** A generated image: its number decides which values of the result are kept. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    record Image(int number, int kind, ImageSize size, float[] expected) {
        ByteBuffer draw() {
            int width = size.width();
            int height = size.height();
            ByteBuffer rgb = ByteBuffer.allocateDirect(width * height * 3);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int c = 0; c < 3; c++) {
                        rgb.put((byte) level(x, y, c));
                    }
                }
            }
            return rgb.flip();
        }

        private int level(int x, int y, int c) {
            int width = size.width();
            int height = size.height();
            return switch (kind) {
                case 0 -> mix((y * width + x) * 3 + c) >>> 24;
                case 1 ->
                    (x * 31 + y * 17) % 97 == 0
                            ? 128
                            : (x / Math.max(1, width / 9) + y / Math.max(1, height / 7) + c) % 2 * 255;
                default ->
                    Math.min(255, Math.abs((x * (c + 3) * 256 / width + y * (5 - c) * 256 / height) % 512 - 256));
            };
        }

        /** Where the n-th value that is kept lies in the result. */
        int place(int n, int rows, int columns) {
            int seed = (number * SAMPLES + n) * 3;
            int y = Integer.remainderUnsigned(mix(seed), rows);
            int x = Integer.remainderUnsigned(mix(seed + 1), columns);
            int c = Integer.remainderUnsigned(mix(seed + 2), 3);
            switch (n % 8) {
                case 0 -> y = 0;
                case 4 -> y = rows - 1;
                case 1 -> x = 0;
                case 5 -> x = columns - 1;
                default -> {}
            }
            return (y * columns + x) * 3 + c;
        }

        private static int mix(int n) {
            int once = (n ^ n >>> 16) * 0x7FEB352D;
            int twice = (once ^ once >>> 15) * 0x846CA68B;
            return twice ^ twice >>> 16;
        }
    }

    /** All modes of a source. */
    static List<ResizeReference> read(String source) throws IOException {
        List<ResizeReference> modes = new ArrayList<>();
        try (InputStream file =
                        ResizeReference.class.getResourceAsStream("/org/sparkxception/resize/" + source + ".bin.gz");
                DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
            for (in.mark(1); in.read() >= 0; in.mark(1)) {
                in.reset();
                modes.add(readMode(in));
            }
        }
        return modes;
    }

    private static ResizeReference readMode(DataInputStream in) throws IOException {
        String source = in.readUTF();
        Interpolation interpolation = Interpolation.valueOf(in.readUTF().toUpperCase(Locale.ROOT));
        boolean antialias = in.readBoolean();
        double cropPct = in.readDouble();
        Resize resize =
                switch (source) {
                    case "pillow" -> Resize.pillow(interpolation);
                    case "tensorflow" -> Resize.tensorflow(interpolation, antialias);
                    default -> Resize.timm(interpolation, cropPct);
                };
        int rows = in.readInt();
        int columns = in.readInt();
        int count = in.readInt();
        List<Image> images = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int kind = in.readInt();
            ImageSize size = new ImageSize(in.readInt(), in.readInt());
            float[] expected = new float[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                expected[i] = in.readFloat();
            }
            images.add(new Image(number, kind, size, expected));
        }
        return new ResizeReference(source, resize, rows, columns, images);
    }
}
