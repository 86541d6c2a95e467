package org.sparkxception.image;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.png.PngChunk;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.SequentialByteArrayReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.bmp.BmpHeaderDirectory;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.gif.GifHeaderDirectory;
import com.drew.metadata.jpeg.JpegDirectory;
import com.drew.metadata.jpeg.JpegReader;
import com.drew.metadata.webp.WebpDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads format, size and orientation from an image's header, so that no decoder sees what is no image or too large. */
public final class HeaderProbe {
    private static final int PNG_SIZE_OFFSET = 16;
    private static final int PNG_HEADER_END = 33;

    private HeaderProbe() {}

    /**
     * Probes a whole file.
     *
     * @throws ImageFault {@code UNSUPPORTED} if it is no image of a format that is read, {@code CORRUPT} if its header is
     *     damaged
     */
    public static ImageHeader probe(byte[] file) throws ImageFault {
        if (file.length == 0) {
            throw new ImageFault(ImageStatus.CORRUPT, "the file is empty");
        }
        try {
            FileType type = FileTypeDetector.detectFileType(new ByteArrayInputStream(file));
            return switch (type) {
                case Jpeg ->
                    header(
                            "JPEG",
                            jpeg(file),
                            JpegDirectory.class,
                            JpegDirectory.TAG_IMAGE_WIDTH,
                            JpegDirectory.TAG_IMAGE_HEIGHT);
                case Png -> png(file);
                case Gif ->
                    header(
                            "GIF",
                            any(file, type),
                            GifHeaderDirectory.class,
                            GifHeaderDirectory.TAG_IMAGE_WIDTH,
                            GifHeaderDirectory.TAG_IMAGE_HEIGHT);
                case Bmp ->
                    header(
                            "BMP",
                            any(file, type),
                            BmpHeaderDirectory.class,
                            BmpHeaderDirectory.TAG_IMAGE_WIDTH,
                            BmpHeaderDirectory.TAG_IMAGE_HEIGHT);
                case WebP ->
                    header(
                            "WebP",
                            any(file, type),
                            WebpDirectory.class,
                            WebpDirectory.TAG_IMAGE_WIDTH,
                            WebpDirectory.TAG_IMAGE_HEIGHT);
                case Tiff ->
                    header(
                            "TIFF",
                            any(file, type),
                            ExifIFD0Directory.class,
                            ExifIFD0Directory.TAG_IMAGE_WIDTH,
                            ExifIFD0Directory.TAG_IMAGE_HEIGHT);
                default -> throw unsupported(file, type);
            };
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // The library meets damage that it did not foresee with exceptions of every kind.
            throw new ImageFault(ImageStatus.CORRUPT, "the header is damaged: " + e.getMessage());
        }
    }

    private static Metadata jpeg(byte[] file) throws ImageProcessingException, IOException {
        return JpegMetadataReader.readMetadata(
                new ByteArrayInputStream(file), List.of(new JpegReader(), new ExifReader()));
    }

    private static Metadata any(byte[] file, FileType type) throws ImageProcessingException, IOException {
        return ImageMetadataReader.readMetadata(new ByteArrayInputStream(file), file.length, type);
    }

    private static ImageHeader header(
            String format, Metadata metadata, Class<? extends Directory> directory, int widthTag, int heightTag)
            throws ImageFault {
        for (Directory found : metadata.getDirectoriesOfType(directory)) {
            Integer width = found.getInteger(widthTag);
            Integer height = found.getInteger(heightTag);
            if (width != null && height != null) {
                // A BMP whose rows run from the top has a negative height.
                return header(format, width, Math.abs(height), orientation(metadata));
            }
        }
        throw new ImageFault(
                ImageStatus.CORRUPT,
                "the header is damaged: it looks like " + format + ", but has no width and height");
    }

    private static ImageHeader header(String format, int width, int height, Orientation orientation) throws ImageFault {
        if (width < 1 || height < 1) {
            throw new ImageFault(
                    ImageStatus.CORRUPT,
                    "the header is damaged: it says " + format + " of " + new ImageSize(width, height) + " pixels");
        }
        return new ImageHeader(format, new ImageSize(width, height), orientation);
    }

    /** Reads the fixed first chunk and, of the others, only EXIF: compressed text could be a bomb. */
    private static ImageHeader png(byte[] file) throws ImageFault {
        if (file.length < PNG_HEADER_END) {
            throw new ImageFault(ImageStatus.CORRUPT, "the file ends within the PNG header");
        }
        ByteBuffer size = ByteBuffer.wrap(file, PNG_SIZE_OFFSET, 8);
        return header("PNG", size.getInt(), size.getInt(), pngOrientation(file));
    }

    private static Orientation pngOrientation(byte[] file) {
        Metadata metadata = new Metadata();
        try {
            for (PngChunk chunk : new PngChunkReader()
                    .extract(new SequentialByteArrayReader(file), Set.of(PngChunkType.IHDR, PngChunkType.eXIf))) {
                if (chunk.getType().equals(PngChunkType.eXIf)) {
                    new ExifReader().extract(new ByteArrayReader(chunk.getBytes()), metadata);
                }
            }
        } catch (ImageProcessingException | IOException e) {
            // Whether the rest of the file is sound is for the decoder to say.
            return Orientation.UPRIGHT;
        }
        return orientation(metadata);
    }

    private static Orientation orientation(Metadata metadata) {
        for (ExifIFD0Directory exif : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
            Integer value = exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
            if (value != null) {
                return Orientation.ofExif(value);
            }
        }
        return Orientation.UPRIGHT;
    }

    private static ImageFault unsupported(byte[] file, FileType type) {
        String start = new String(file, 0, Math.min(file.length, 256), StandardCharsets.UTF_8)
                .strip()
                .toLowerCase(Locale.ROOT);
        String looks;
        if (type != FileType.Unknown) {
            looks = "a " + type.getName() + " file";
        } else if (start.startsWith("<svg") || (start.startsWith("<?xml") && start.contains("<svg"))) {
            looks = "an SVG drawing";
        } else if (start.startsWith("<")) {
            looks = "a web page or XML (an error page, perhaps)";
        } else if (start.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t')
                && start.indexOf('\uFFFD') < 0) {
            looks = "a text file";
        } else {
            looks = "no known kind of image";
        }
        return new ImageFault(
                ImageStatus.UNSUPPORTED, "it is " + looks + ": JPEG, PNG, GIF, BMP, WebP and TIFF images are read");
    }
}
