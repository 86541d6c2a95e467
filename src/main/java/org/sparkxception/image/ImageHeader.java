package org.sparkxception.image;

/**
 * The header of an image, read before its pixels are decoded.
 *
 * @param format the format, such as {@code JPEG}
 * @param stored the size as stored in the file, before orientation
 * @param orientation the orientation to apply to the stored pixels
 * @param deepGray whether it has one channel of 16 bits
 */
public record ImageHeader(String format, ImageSize stored, Orientation orientation, boolean deepGray) {

    /** The size after orientation. */
    public ImageSize size() {
        return orientation.swapsSides() ? stored.transposed() : stored;
    }

    /** Whether the decoder always applies the orientation itself, whatever its flags: libtiff's RGBA interface does. */
    public boolean isTurnedByDecoder() {
        return format.equals("TIFF");
    }
}
