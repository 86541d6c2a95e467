package org.sparkxception.image;

import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.sparkxception.NativeCache;

/** Decodes the bytes of an image file to upright RGB pixels, as Pillow's {@code exif_transpose} and {@code convert('RGB')} do. */
public final class ImageDecoder {
    /** The default of {@code --max-pixels}. */
    public static final long DEFAULT_MAX_PIXELS = 100_000_000;

    /** OpenCV refuses more: its {@code CV_IO_MAX_IMAGE_PIXELS}. */
    public static final long MAX_MAX_PIXELS = 1L << 30;

    private static final int FLAGS = opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    private static final int AROUND_COLUMN_AXIS = 0;
    private static final int AROUND_ROW_AXIS = 1;

    private final long maxPixels;

    static {
        loadOpenCv();
    }

    /** A decoder that may be used by many threads at once; it refuses images of more pixels than this. */
    public ImageDecoder(long maxPixels) {
        if (maxPixels < 1 || maxPixels > MAX_MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "the largest image must have from 1 to " + MAX_MAX_PIXELS + " pixels but was " + maxPixels);
        }
        this.maxPixels = maxPixels;
    }

    /**
     * Decodes a whole file.
     *
     * @throws ImageFault if its header or its data is damaged, it is no image, or it has too many pixels
     */
    public DecodedImage decode(byte[] file) throws ImageFault {
        ImageHeader header = HeaderProbe.probe(file);
        if (header.size().pixels() > maxPixels) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    "the header says %s, %,d megapixels: more than the %,d pixels allowed (--max-pixels)"
                            .formatted(header.size(), header.size().pixels() / 1_000_000, maxPixels),
                    Optional.of(header.size()));
        }
        Mat pixels = pixels(file, header);
        return new DecodedImage(header.isTurnedByDecoder() ? pixels : oriented(pixels, header.orientation()));
    }

    private static Mat pixels(byte[] file, ImageHeader header) throws ImageFault {
        try (BytePointer bytes = new BytePointer(file);
                Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes)) {
            Mat mat = opencv_imgcodecs.imdecode(encoded, FLAGS);
            if (mat == null || mat.empty()) {
                throw damaged(header, "its data is truncated or damaged");
            }
            ImageSize expected = header.isTurnedByDecoder() ? header.size() : header.stored();
            ImageSize found = new ImageSize(mat.cols(), mat.rows());
            if (!found.equals(expected)) {
                mat.close();
                throw damaged(header, "its data is " + found);
            }
            return mat;
        } catch (RuntimeException e) {
            // JavaCPP's form of a C++ exception.
            throw damaged(header, "its data cannot be decoded: " + reason(e));
        }
    }

    /** OpenCV's messages give a source file before the reason, and more lines after it. */
    private static String reason(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return message.replaceFirst("(?s)^OpenCV.*?error: ", "")
                .lines()
                .findFirst()
                .orElse("no reason given");
    }

    private static ImageFault damaged(ImageHeader header, String what) {
        return new ImageFault(
                ImageStatus.CORRUPT,
                "the header says " + header.format() + " of " + header.size() + ", but " + what,
                Optional.of(header.size()));
    }

    private static Mat oriented(Mat stored, Orientation orientation) {
        Mat mat = stored;
        if (orientation.swapsSides()) {
            Mat transposed = new Mat();
            opencv_core.transpose(mat, transposed);
            mat.close();
            mat = transposed;
        }
        if (orientation.flipsRows()) {
            mat = flipped(mat, AROUND_COLUMN_AXIS);
        }
        if (orientation.flipsColumns()) {
            mat = flipped(mat, AROUND_ROW_AXIS);
        }
        return mat;
    }

    private static Mat flipped(Mat mat, int axis) {
        Mat result = new Mat();
        opencv_core.flip(mat, result, axis);
        mat.close();
        return result;
    }

    /** JavaCPP reads its settings once, when its classes load. */
    private static void loadOpenCv() {
        Path cache = NativeCache.directory().resolve("javacpp");
        setIfAbsent("org.bytedeco.javacpp.cachedir", cache.toString());
        // These limits count all memory of the process, libtorch's too; ours are --max-pixels and --max-bytes.
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        NativeCache.locked(() -> Loader.load(opencv_imgcodecs.class));
        opencv_core.setNumThreads(1);
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
