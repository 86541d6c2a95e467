package org.sparkxception.image.decode;

import java.util.Optional;
import org.sparkxception.image.header.GifFirstFrame;
import org.sparkxception.image.header.PngChunks;
import org.sparkxception.image.header.TiffTags;
import org.sparkxception.image.header.WebpChunks;

/**
 * Prepares a file for OpenCV's decoder.
 *
 * <p>Transparency is removed where the decoder would paint over transparent pixels: Pillow's {@code convert('RGB')} keeps their
 * colors. A PNG is reduced to the chunks of its picture: for a damaged animated PNG, OpenCV does a longjmp into a function that has
 * returned, which crashes the JVM, and it inflates text and profile chunks that are not needed.
 */
final class DecoderInput {
    /** libtiff's EXTRASAMPLE_ASSOCALPHA and EXTRASAMPLE_UNASSALPHA; it multiplies colors by unassociated alpha. */
    private static final int TIFF_ASSOCIATED = 1;

    private static final int TIFF_UNASSOCIATED = 2;

    private DecoderInput() {}

    /** Returns the file itself, or a copy of the required part. */
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
