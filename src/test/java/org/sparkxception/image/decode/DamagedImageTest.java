package org.sparkxception.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** Of a file that is damaged in one place there are the pixels that Pillow reads on with, or a fault: never others. */
class DamagedImageTest {
    private static final List<Decoded> DECODED = new ArrayList<>();

    @BeforeAll
    static void decodeAll() throws Exception {
        ImageDecoder decoder = new ImageDecoder(1_000_000);
        for (DecodeReference reference : DecodeReference.damaged()) {
            DECODED.add(Decoded.by(decoder, reference));
        }
    }

    @Test
    void whatPillowRefusesIsCorrupt() {
        assertThat(DECODED.stream()
                        .filter(image -> image.reference().pixels().isEmpty())
                        .filter(image ->
                                image.fault().map(ImageFault::status).orElse(ImageStatus.OK) != ImageStatus.CORRUPT)
                        .map(image -> image.reference().toString()))
                .isEmpty();
    }

    @Test
    void whatIsReadOnHasPillowsPixels() {
        assertThat(DECODED.stream()
                        .filter(image -> image.reference().pixels().isPresent())
                        .filter(image -> image.fault().isEmpty())
                        .filter(image -> !image.isComparable()
                                || image.largestDifference() > image.reference().tolerance())
                        .map(image -> image.reference().toString()))
                .isEmpty();
    }

    /** Pillow makes up rows of a PNG and of a fax, and pixels of a GIF. */
    @Test
    void whatPillowReadsOnInIsReadOnInButForPixelsThatAreMadeUp() {
        assertThat(DECODED.stream()
                        .filter(image -> image.reference().pixels().isPresent())
                        .filter(image -> image.fault().isPresent())
                        .map(image -> image.reference().toString())
                        .filter(name -> !name.startsWith("TIFF, fax")))
                .containsExactly("PNG, data: rows-missing.png", "GIF: 4-00.gif");
    }
}
