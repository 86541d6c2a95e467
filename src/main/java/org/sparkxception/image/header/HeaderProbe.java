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
 * Reads format, size and orientation from an image's header, so that decoders only see images of an acceptable size.
 *
 * <p>Nothing else is read, and nothing is inflated without a limit: metadata can be damaged, huge or malicious.
 */
public final class HeaderProbe {
    private HeaderProbe() {}

    /**
     * Reads the header of a file.
     *
     * @param file the complete file
     * @throws ImageFault {@code UNSUPPORTED} if it is not an image of a supported format, {@code CORRUPT} if its header is damaged
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
                            "the header is damaged: it looks like " + type.getName() + ", but has no width or height"));
            ImageSize size = header.stored();
            if (size.width() < 1 || size.height() < 1) {
                throw new ImageFault(
                        ImageStatus.CORRUPT,
                        "the header is damaged: it specifies a " + header.format() + " of " + size + " pixels");
            }
            return header;
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // The library throws exceptions of all kinds for damage that it does not expect.
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
                // The library does not support BigTIFF.
                if (TiffTags.read(file, 0).isEmpty()) {
                    throw UnsupportedFiles.fault(file, type);
                }
                yield SimpleProbes.tiff(file);
            }
        };
    }
}
