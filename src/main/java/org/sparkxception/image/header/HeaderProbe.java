package org.sparkxception.image.header;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import com.drew.imaging.ImageProcessingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;

/**
 * Reads format, size and orientation from an image's header, so that no decoder sees what is no image or too large.
 *
 * <p>Nothing else is read, nor is anything inflated without a bound: metadata can be damaged, huge or hostile.
 */
public final class HeaderProbe {
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
            ImageHeader header = header(file, type)
                    .orElseThrow(() -> new ImageFault(
                            ImageStatus.CORRUPT,
                            "the header is damaged: it looks like " + type.getName()
                                    + ", but has no width and height"));
            ImageSize size = header.stored();
            if (size.width() < 1 || size.height() < 1) {
                throw new ImageFault(
                        ImageStatus.CORRUPT,
                        "the header is damaged: it says " + header.format() + " of " + size + " pixels");
            }
            return header;
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // The library meets damage that it did not foresee with exceptions of every kind.
            throw new ImageFault(ImageStatus.CORRUPT, "the header is damaged: " + e.getMessage());
        }
    }

    private static Optional<ImageHeader> header(byte[] file, FileType type)
            throws ImageFault, ImageProcessingException, IOException {
        return switch (type) {
            case Jpeg -> JpegProbe.probe(file);
            case Png -> PngProbe.probe(file);
            case WebP -> WebpProbe.probe(file);
            case Gif -> SimpleProbes.gif(file);
            case Tiff -> SimpleProbes.tiff(file);
            case Bmp -> {
                if (!SimpleProbes.isBmp(file)) {
                    throw UnsupportedFiles.fault(file, FileType.Unknown);
                }
                yield SimpleProbes.bmp(file);
            }
            default -> {
                // The library does not know BigTIFF.
                if (TiffTags.read(file, 0).isEmpty()) {
                    throw UnsupportedFiles.fault(file, type);
                }
                yield SimpleProbes.tiff(file);
            }
        };
    }
}
