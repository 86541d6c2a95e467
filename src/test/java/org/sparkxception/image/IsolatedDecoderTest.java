package org.sparkxception.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsolatedDecoderTest {
    private final Decoder here = new ImageDecoder(1_000_000);
    private final Decoder apart = new IsolatedDecoder(1_000_000, Duration.ofSeconds(60));

    @AfterEach
    void close() {
        apart.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "baseline.jpg", "orientation-6.tif", "deep-grey.png", "one-pixel.png"})
    void thePixelsAreThoseOfThisProcess(String name) throws Exception {
        try (DecodedImage expected = here.decode(resource(name));
                DecodedImage image = apart.decode(resource(name))) {
            assertThat(image.size()).isEqualTo(expected.size());
            assertThat(image.rgb()).isEqualTo(expected.rgb());
        }
    }

    @Test
    void faultsAreThoseOfThisProcess() throws Exception {
        byte[] bomb = resource("rgb.png");
        ByteBuffer.wrap(bomb, 16, 8).putInt(60_000).putInt(60_000);

        assertThatThrownBy(() -> apart.decode(bomb))
                .isInstanceOfSatisfying(ImageFault.class, fault -> {
                    assertThat(fault.status()).isEqualTo(ImageStatus.TOO_LARGE);
                    assertThat(fault.size()).contains(new ImageSize(60_000, 60_000));
                })
                .hasMessageStartingWith("the header says 60000×60000, 3,600 megapixels");
        assertThatThrownBy(() -> apart.decode(new byte[0]))
                .isInstanceOfSatisfying(
                        ImageFault.class, fault -> assertThat(fault.status()).isEqualTo(ImageStatus.CORRUPT));
        apart.decode(resource("rgb.png")).close();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = IsolatedDecoderTest.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        }
    }
}
