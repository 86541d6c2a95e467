package org.sparkxception.image.decode;

import java.util.Optional;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;

/** What an image became, next to what Pillow sees in it. */
final class Decoded {
    private final DecodeReference reference;
    private final ImageSize size;
    private final byte[] rgb;
    private final Optional<ImageFault> fault;

    private Decoded(DecodeReference reference, ImageSize size, byte[] rgb, Optional<ImageFault> fault) {
        this.reference = reference;
        this.size = size;
        this.rgb = rgb;
        this.fault = fault;
    }

    static Decoded by(Decoder decoder, DecodeReference reference) throws Exception {
        try (DecodedImage image = decoder.decode(reference.file())) {
            byte[] rgb = new byte[(int) image.size().pixels() * 3];
            image.rgb().get(rgb);
            return new Decoded(reference, image.size(), rgb, Optional.empty());
        } catch (ImageFault fault) {
            return new Decoded(reference, new ImageSize(0, 0), new byte[0], Optional.of(fault));
        }
    }

    DecodeReference reference() {
        return reference;
    }

    ImageSize size() {
        return size;
    }

    Optional<ImageFault> fault() {
        return fault;
    }

    /** How many values there are in the pixels. */
    long values() {
        return rgb.length;
    }

    /** Whether it was decoded, and Pillow has as many pixels to compare it with. */
    boolean isComparable() {
        return fault.isEmpty() && reference.pixels().isPresent() && size.equals(reference.size());
    }

    int largestDifference() {
        byte[] expected = reference.pixels().orElseThrow();
        int largest = 0;
        for (int i = 0; i < rgb.length; i++) {
            int difference = Byte.toUnsignedInt(rgb[i]) - Byte.toUnsignedInt(expected[i]);
            largest = Math.max(largest, Math.abs(difference));
        }
        return largest;
    }

    /** How many values are not Pillow's. */
    long differing() {
        byte[] expected = reference.pixels().orElseThrow();
        long differing = 0;
        for (int i = 0; i < rgb.length; i++) {
            differing += rgb[i] == expected[i] ? 0 : 1;
        }
        return differing;
    }
}
