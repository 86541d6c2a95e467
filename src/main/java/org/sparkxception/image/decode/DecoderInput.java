package org.sparkxception.image.decode;

import java.util.Optional;
import org.sparkxception.image.header.GifFirstFrame;
import org.sparkxception.image.header.PngChunks;
import org.sparkxception.image.header.TiffTags;
import org.sparkxception.image.header.WebpChunks;

/**
 * What of a file is handed to the decoder.
 *
 * <p>Transparency is left out where the decoder would paint over transparent pixels: Pillow's {@code convert('RGB')} keeps their
 * colors. Of a PNG only the picture is left: OpenCV jumps into a function that has ended when an animated one is damaged, which
 * ends the JVM, and inflates texts and profiles that nobody reads.
 */
final class DecoderInput {
    /** What libtiff calls EXTRASAMPLE_ASSOCALPHA and EXTRASAMPLE_UNASSALPHA; it multiplies colors by the latter. */
    private static final int TIFF_ASSOCIATED = 1;

    private static final int TIFF_UNASSOCIATED = 2;

    private DecoderInput() {}

    /** The file as it is, or a copy of the needed part. */
    static byte[] of(byte[] file, String format) {
        return switch (format) {
            case "PNG" -> PngChunks.pictureOnly(file);
            case "GIF" -> GifFirstFrame.of(file).forDecoder();
            case "TIFF" -> opaqueTiff(file);
            case "WebP" -> WebpChunks.pictureOnly(file);
            default -> file;
        };
    }

    private static byte[] opaqueTiff(byte[] file) {
        Optional<TiffTags> tags = TiffTags.read(file, 0)
                .filter(found -> found.value(TiffTags.EXTRA_SAMPLES).orElse(0) == TIFF_UNASSOCIATED);
        if (tags.isEmpty()) {
            return file;
        }
        byte[] copy = file.clone();
        tags.get().overwrite(copy, TiffTags.EXTRA_SAMPLES, TIFF_ASSOCIATED);
        return copy;
    }
}
