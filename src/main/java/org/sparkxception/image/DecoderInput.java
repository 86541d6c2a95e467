package org.sparkxception.image;

import java.util.Optional;

/**
 * What of a file is handed to the decoder.
 *
 * <p>Transparency is left out where the decoder would paint over transparent pixels: Pillow's {@code convert('RGB')} keeps their
 * colours. Of a PNG only the picture is left: OpenCV jumps into a function that has ended when an animated one is damaged, which
 * ends the JVM, and inflates texts and profiles that nobody reads.
 */
final class DecoderInput {
    private static final int GIF_SCREEN_FLAGS = 10;
    private static final int GIF_BACKGROUND = 11;
    private static final int GIF_SCREEN_END = 13;
    private static final int GIF_EXTENSION = 0x21;
    private static final int GIF_GRAPHIC_CONTROL = 0xf9;
    private static final int GIF_CONTROL_FLAGS = 3;
    private static final int GIF_CONTROL_COLOUR = 6;
    private static final int GIF_CONTROL_LENGTH = 8;
    private static final int GIF_TRANSPARENT = 0x01;

    /** What libtiff calls EXTRASAMPLE_ASSOCALPHA and EXTRASAMPLE_UNASSALPHA; it multiplies colours by the latter. */
    private static final int TIFF_ASSOCIATED = 1;

    private static final int TIFF_UNASSOCIATED = 2;

    private DecoderInput() {}

    /** The file as it is, or a copy of the needed part. */
    static byte[] of(byte[] file, String format) {
        return switch (format) {
            case "PNG" -> PngChunks.pictureOnly(file);
            case "GIF" -> opaqueGif(file);
            case "TIFF" -> opaqueTiff(file);
            default -> file;
        };
    }

    /**
     * Clears the flag of transparency before the first picture. What this picture does not cover gets the transparent colour, or
     * the table's first one, as in Pillow; the decoder takes the background's.
     */
    private static byte[] opaqueGif(byte[] file) {
        if (file.length < GIF_SCREEN_END) {
            return file;
        }
        byte[] result = file.clone();
        result[GIF_BACKGROUND] = 0;
        int at = GIF_SCREEN_END + colourTable(file);
        while (at + GIF_CONTROL_LENGTH <= file.length && byteAt(file, at) == GIF_EXTENSION) {
            int flags = at + GIF_CONTROL_FLAGS;
            if (byteAt(file, at + 1) == GIF_GRAPHIC_CONTROL && (file[flags] & GIF_TRANSPARENT) != 0) {
                result[flags] &= ~GIF_TRANSPARENT;
                result[GIF_BACKGROUND] = file[at + GIF_CONTROL_COLOUR];
            }
            at += 2;
            while (at < file.length && file[at] != 0) {
                at += 1 + byteAt(file, at);
            }
            at++;
        }
        return result;
    }

    private static int colourTable(byte[] file) {
        int flags = byteAt(file, GIF_SCREEN_FLAGS);
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int byteAt(byte[] file, int at) {
        return Byte.toUnsignedInt(file[at]);
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
