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
 * Decodes in this process: the pixels are those of Pillow's {@code exif_transpose} and {@code convert('RGB')}. OpenCV makes them, but
 * for the kinds that it reads otherwise. A file that crashes OpenCV ends the process.
 */
public final class ImageDecoder implements Decoder {
    /** The default of {@code --max-pixels}. */
    public static final long DEFAULT_MAX_PIXELS = 100_000_000;

    /** OpenCV refuses more: its {@code CV_IO_MAX_IMAGE_PIXELS}. */
    public static final long PIXEL_LIMIT_CEILING = 1L << 30;

    private static final int FLAGS = opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    /** Without OpenCV's own way from 16 bits to 8: it takes the upper byte. */
    private static final int DEEP_FLAGS = FLAGS | opencv_imgcodecs.IMREAD_ANYDEPTH;

    private static final int AROUND_COLUMN_AXIS = 0;
    private static final int AROUND_ROW_AXIS = 1;

    private final long maxPixels;

    /** A decoder that may be used by many threads at once; it refuses images of more pixels than this. */
    public ImageDecoder(long maxPixels) {
        if (maxPixels < 1 || maxPixels > PIXEL_LIMIT_CEILING) {
            throw new IllegalArgumentException(
                    "the largest image must have from 1 to " + PIXEL_LIMIT_CEILING + " pixels but was " + maxPixels);
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
                            "the header says %s, %,d megapixels: more than the %,d pixels allowed (--max-pixels)",
                            header.size(),
                            header.size().pixels() / 1_000_000,
                            maxPixels),
                    Optional.of(header.size()));
        }
        if (header.stored().width() > ImageSize.MAX_COLUMNS) {
            throw new ImageFault(
                    ImageStatus.UNSUPPORTED,
                    "it is " + header.stored().width() + " pixels wide: rows of up to " + ImageSize.MAX_COLUMNS
                            + " are read",
                    Optional.of(header.size()));
        }
        return header;
    }

    /** Nothing is held. */
    @Override
    public void close() {}

    /** The pixels of a file of a kind that OpenCV reads otherwise than Pillow, or not at all. */
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
            // Damaged data leads beyond the ends of buffers and tables.
            throw damaged(header, "its data is truncated or damaged");
        }
    }

    private static void checkEnd(byte[] file, ImageHeader header) throws ImageFault {
        OptionalInt wrong = header.format().equals("JPEG") ? JpegEnd.wrongMarker(file) : OptionalInt.empty();
        if (wrong.isPresent()) {
            throw damaged(
                    header, String.format("its data is damaged: the marker %02x follows its scan", wrong.getAsInt()));
        } else if (header.format().equals("WebP") && !WebpChunks.areWhole(file)) {
            throw damaged(header, "its data is truncated or damaged");
        }
    }

    private static Mat pixels(byte[] file, ImageHeader header) throws ImageFault {
        try (BytePointer bytes = new BytePointer(file);
                Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes)) {
            Mat mat = opencv_imgcodecs.imdecode(encoded, header.deepGray() ? DEEP_FLAGS : FLAGS);
            if (mat == null || mat.empty()) {
                throw damaged(header, "its data is truncated or damaged");
            }
            ImageSize expected = header.isTurnedByDecoder() ? header.size() : header.stored();
            ImageSize found = new ImageSize(mat.cols(), mat.rows());
            if (!found.equals(expected)) {
                mat.close();
                throw damaged(header, "its data is " + found);
            }
            return mat.depth() == opencv_core.CV_8U ? mat : clipped(mat);
        } catch (RuntimeException e) {
            requireMemory(e, header);
            // JavaCPP's form of a C++ exception.
            throw damaged(header, "its data cannot be decoded: " + reason(e));
        }
    }

    /** @throws UserException if the fault is not the file's, but the machine's */
    private static void requireMemory(Exception fault, ImageHeader header) {
        String message = String.valueOf(fault.getMessage());
        if (message.contains("Insufficient memory") || message.contains("std::bad_alloc")) {
            throw new UserException(
                    ExitCode.UNEXPECTED,
                    "there is no memory left for the pixels of an image of " + header.size()
                            + ": raise spark.executor.memoryOverhead, or lower --decode-threads or --max-pixels",
                    fault);
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

    /** Levels above 255 become 255: Pillow treats 16-bit grays so. */
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
