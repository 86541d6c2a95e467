package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageDecoder;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.torchscript.ResizeProgram;

/** The resize program against Pillow 12.0.0, to 41 columns and 33 rows. */
class ResizeParityTest {
    private static final String IMAGES = "/org/sparkxception/images/resize/";

    @ParameterizedTest
    @CsvSource({
        "97x131, NEAREST, 0",
        "20x15, NEAREST, 0",
        "640x90, NEAREST, 0",
        "1x1, NEAREST, 0",
        "3x200, NEAREST, 0",
        "41x41, NEAREST, 0",
        "97x131, BILINEAR, 1",
        "20x15, BILINEAR, 1",
        "640x90, BILINEAR, 1",
        "1x1, BILINEAR, 1",
        "3x200, BILINEAR, 1",
        "41x41, BILINEAR, 1",
        "97x131, BICUBIC, 1",
        "20x15, BICUBIC, 1",
        "640x90, BICUBIC, 1",
        "1x1, BICUBIC, 1",
        "3x200, BICUBIC, 1",
        "41x41, BICUBIC, 1"
    })
    void resizesAsPillowWithinALevel(String size, Interpolation interpolation, int levels) throws Exception {
        byte[] expected = bytes(size + "." + interpolation.label() + ".rgb");
        try (TorchProgram program = TorchProgram.load(ResizeProgram.compile(interpolation, 33, 41), Device.cpu());
                ImageResizer resizer = new ImageResizer(program, 33, 41);
                DecodedImage image = new ImageDecoder(1_000_000).decode(bytes(size + ".png"))) {
            byte[] actual = resizer.resize(image);
            assertThat(actual).hasSize(33 * 41 * 3);
            int largest = 0;
            for (int i = 0; i < actual.length; i++) {
                largest = Math.max(largest, Math.abs(Byte.toUnsignedInt(actual[i]) - Byte.toUnsignedInt(expected[i])));
            }
            assertThat(largest).isLessThanOrEqualTo(levels);
        }
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream stream = ResizeParityTest.class.getResourceAsStream(IMAGES + name)) {
            return stream.readAllBytes();
        }
    }
}
