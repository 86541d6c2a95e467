package org.sparkxception.image;

/**
 * What an image's first bytes say, before its pixels are decoded.
 *
 * @param format such as {@code JPEG}
 * @param stored columns and rows as they lie in the file
 * @param orientation how the stored picture is to be turned
 * @param deepGray whether it has one channel of 16 bits
 */
public record ImageHeader(String format, ImageSize stored, Orientation orientation, boolean deepGray) {

    /** The size after orientation. */
    public ImageSize size() {
        return orientation.swapsSides() ? stored.transposed() : stored;
    }

    /** Whether the decoder turns the picture whatever it is told: libtiff's way of reading RGB does. */
    public boolean isTurnedByDecoder() {
        return format.equals("TIFF");
    }
}
