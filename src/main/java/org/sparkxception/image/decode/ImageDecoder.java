package org.sparkxception.image.decode;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.DataFormatException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.Orientation;
import org.sparkxception.image.bmp.BmpLayout;
import org.sparkxception.image.bmp.BmpReader;
import org.sparkxception.image.header.HeaderProbe;
import org.sparkxception.image.header.TiffTags;
import org.sparkxception.image.header.WebpChunks;
import org.sparkxception.image.tiff.TiffLayout;
import org.sparkxception.image.tiff.TiffReader;

/**
 * Decodes in this process: the pixels are those of Pillow's {@code exif_transpose} and {@code convert('RGB')}. Uses OpenCV, except for
 * the kinds of files for which OpenCV's pixels differ from Pillow's. A file that crashes OpenCV ends the process.
 */
public final class ImageDecoder implements Decoder {
    /** The default limit of an image, in pixels. */
    public static final long DEFAULT_MAX_PIXELS = 100_000_000;

    /** The maximum of this limit: the limit of OpenCV, {@code CV_IO_MAX_IMAGE_PIXELS}. */
    public static final long PIXEL_LIMIT_CEILING = 1L << 30;

    private static final int FLAGS = opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    /** Disables OpenCV's conversion from 16 to 8 bits, which takes the upper byte. */
    private static final int DEEP_FLAGS = FLAGS | opencv_imgcodecs.IMREAD_ANYDEPTH;

    private static final int AROUND_COLUMN_AXIS = 0;
    private static final int AROUND_ROW_AXIS = 1;

    private final long maxPixels;

    /**
     * Creates a thread-safe decoder.
     *
     * @param maxPixels the maximum number of pixels of an image
     */
    public ImageDecoder(long maxPixels) {
        if (maxPixels < 1 || maxPixels > PIXEL_LIMIT_CEILING) {
            throw new IllegalArgumentException(
                    "the pixel limit must be from 1 to " + PIXEL_LIMIT_CEILING + " but was " + maxPixels);
        }
        this.maxPixels = maxPixels;
        OpenCv.load();
    }

    @Override
    public DecodedImage decode(byte[] file) throws ImageFault {
        ImageHeader header = accepted(file);
        Optional<Mat> stored = storedPixels(file, header);
        if (stored.isPresent()) {
            return new DecodedImage(oriented(stored.get(), header.orientation()));
        }
        checkEnd(file, header);
        Mat pixels = pixels(DecoderInput.of(file, header.format()), header);
        return new DecodedImage(header.isTurnedByDecoder() ? pixels : oriented(pixels, header.orientation()));
    }

    private ImageHeader accepted(byte[] file) throws ImageFault {
        ImageHeader header = HeaderProbe.probe(file);
        if (header.size().pixels() > maxPixels) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    String.format(
                            Locale.ROOT,
                            "the header specifies %s, %,d megapixels: more than the limit of %,d pixels (max-pixels)",
                            header.size(),
                            header.size().pixels() / 1_000_000,
                            maxPixels),
                    Optional.of(header.size()));
        }
        if (header.stored().width() > ImageSize.MAX_COLUMNS) {
            throw new ImageFault(
                    ImageStatus.UNSUPPORTED,
                    "the image is " + header.stored().width() + " pixels wide, more than the limit of "
                            + ImageSize.MAX_COLUMNS,
                    Optional.of(header.size()));
        }
        return header;
    }

    /** Does nothing: the decoder holds no resources. */
    @Override
    public void close() {}

    /** Returns the pixels if OpenCV reads this kind of file differently from Pillow, or not at all; otherwise empty. */
    private static Optional<Mat> storedPixels(byte[] file, ImageHeader header) throws ImageFault {
        try {
            if (header.format().equals("BMP")) {
                return Optional.of(BmpReader.read(BmpLayout.of(file, header.stored()), file));
            } else if (header.format().equals("TIFF")) {
                Optional<TiffLayout> layout =
                        TiffLayout.of(TiffTags.read(file, 0).orElseThrow());
                return layout.isEmpty() ? Optional.empty() : Optional.of(TiffReader.read(layout.get(), file));
            }
            return Optional.empty();
        } catch (DataFormatException | RuntimeException e) {
            requireMemory(e, header);
            // Damaged data leads to reads beyond the ends of buffers and tables.
            throw damaged(header, "the data is truncated or damaged");
        }
    }

    private static void checkEnd(byte[] file, ImageHeader header) throws ImageFault {
        OptionalInt wrong = header.format().equals("JPEG") ? JpegEnd.wrongMarker(file) : OptionalInt.empty();
        if (wrong.isPresent()) {
            throw damaged(
                    header,
                    String.format("the data is damaged: unexpected marker %02x after the scan", wrong.getAsInt()));
        } else if (header.format().equals("WebP") && !WebpChunks.areWhole(file)) {
            throw damaged(header, "the data is truncated or damaged");
        }
    }

    private static Mat pixels(byte[] file, ImageHeader header) throws ImageFault {
        try (BytePointer bytes = new BytePointer(file);
                Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes)) {
            Mat mat = opencv_imgcodecs.imdecode(encoded, header.deepGray() ? DEEP_FLAGS : FLAGS);
            if (mat == null || mat.empty()) {
                throw damaged(header, "the data is truncated or damaged");
            }
            ImageSize expected = header.isTurnedByDecoder() ? header.size() : header.stored();
            ImageSize found = new ImageSize(mat.cols(), mat.rows());
            if (!found.equals(expected)) {
                mat.close();
                throw damaged(header, "the data is " + found);
            }
            return mat.depth() == opencv_core.CV_8U ? mat : clipped(mat);
        } catch (RuntimeException e) {
            requireMemory(e, header);
            // JavaCPP throws C++ exceptions as RuntimeException.
            throw damaged(header, "the data cannot be decoded: " + reason(e));
        }
    }

    /** @throws UserException if the cause is a lack of memory and not the file */
    private static void requireMemory(Exception fault, ImageHeader header) {
        String message = String.valueOf(fault.getMessage());
        if (message.contains("Insufficient memory") || message.contains("std::bad_alloc")) {
            throw new UserException(
                    ExitCode.UNEXPECTED,
                    "not enough memory for the pixels of an image of " + header.size()
                            + ": raise spark.executor.memoryOverhead, or lower `decode-threads` or `max-pixels`",
                    fault);
        }
    }

    /** Extracts the reason: OpenCV's messages have a source file before it and more lines after it. */
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
                "the header specifies a " + header.format() + " of " + header.size() + ", but " + what,
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

    /** Clips levels above 255 to 255, as Pillow does for 16-bit gray. */
    private static Mat clipped(Mat deep) {
        try (deep) {
            Mat result = new Mat();
            deep.convertTo(result, opencv_core.CV_8U);
            return result;
        }
    }

    private static Mat flipped(Mat mat, int axis) {
        try (mat) {
            Mat result = new Mat();
            opencv_core.flip(mat, result, axis);
            return result;
        }
    }
}
