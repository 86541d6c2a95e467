package org.sparkxception.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;

class ImageDecoderTest {
    private static final String IMAGES = "/org/sparkxception/images/";

    private final ImageDecoder decoder = new ImageDecoder(1_000_000);

    static Stream<Map.Entry<String, JsonNode>> references() throws IOException {
        return new JsonMapper().readTree(bytes("references.json")).properties().stream();
    }

    @ParameterizedTest
    @MethodSource("references")
    void decodesWhatPillowDecodes(Map.Entry<String, JsonNode> reference) throws Exception {
        JsonNode expected = reference.getValue();
        try (DecodedImage image = decoder.decode(bytes(reference.getKey()))) {
            int width = expected.get("width").asInt();
            assertThat(image.size())
                    .isEqualTo(new ImageSize(width, expected.get("height").asInt()));
            byte[] rgb = pixels(image);
            int tolerance = expected.get("exact").asBoolean() ? 0 : 2;
            for (JsonNode pixel : expected.get("pixels")) {
                for (int channel = 0; channel < 3; channel++) {
                    int at = (pixel.get(0).asInt() * width + pixel.get(1).asInt()) * 3 + channel;
                    assertThat(Byte.toUnsignedInt(rgb[at]))
                            .as("channel %d at %s", channel, pixel)
                            .isCloseTo(pixel.get(2 + channel).asInt(), within(tolerance));
                }
            }
            if (tolerance == 0) {
                assertThat(crc32(rgb)).isEqualTo(expected.get("crc32").asText());
            }
        }
    }

    @Test
    void anEmptyFileIsCorrupt() {
        assertFault(new byte[0], ImageStatus.CORRUPT, "the file is empty");
    }

    @Test
    void aTextIsUnsupported() {
        assertFault(
                "Dear all,\nthe pictures follow.\n".getBytes(StandardCharsets.UTF_8),
                ImageStatus.UNSUPPORTED,
                "the file is text: supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF");
    }

    @Test
    void anErrorPageIsUnsupported() {
        assertFault(
                "<!DOCTYPE html><html>404</html>".getBytes(StandardCharsets.UTF_8),
                ImageStatus.UNSUPPORTED,
                "the file is a web page or XML (possibly an error page): supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF");
    }

    @Test
    void aPdfIsUnsupported() {
        assertFault(
                "%PDF-1.7\n%\u00e2\u00e3".getBytes(StandardCharsets.ISO_8859_1),
                ImageStatus.UNSUPPORTED,
                "the file is of type PDF: supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF");
    }

    @Test
    void bytesWithoutMeaningAreUnsupported() {
        byte[] noise = new byte[1000];
        Arrays.fill(noise, (byte) 0x9d);
        assertFault(
                noise,
                ImageStatus.UNSUPPORTED,
                "the file is not an image of a known format: supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "baseline.jpg",
                "progressive.jpg",
                "rgb.png",
                "lzw.tif",
                "lossless.webp",
                "rgb.bmp",
                "palette.gif"
            })
    void aTruncatedFileIsCorrupt(String name) throws IOException {
        byte[] whole = bytes(name);
        ImageFault fault = catchThrowableOfType(
                ImageFault.class,
                () -> decoder.decode(Arrays.copyOf(whole, whole.length * 6 / 10))
                        .close());
        assertThat(fault.status()).isEqualTo(ImageStatus.CORRUPT);
    }

    @Test
    void aTruncatedJpegKeepsTheSizeOfItsHeader() throws IOException {
        byte[] whole = bytes("baseline.jpg");
        ImageFault fault = catchThrowableOfType(
                ImageFault.class,
                () -> decoder.decode(Arrays.copyOf(whole, whole.length * 6 / 10))
                        .close());
        assertThat(fault).hasMessage("the header specifies a JPEG of 48×32, but the data is truncated or damaged");
        assertThat(fault.size()).contains(new ImageSize(48, 32));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 12, 20, 32})
    void aFileThatEndsInItsHeaderIsCorruptOrUnsupported(int length) throws IOException {
        for (String name : List.of("baseline.jpg", "rgb.png", "lzw.tif", "lossless.webp", "rgb.bmp", "palette.gif")) {
            ImageFault fault = catchThrowableOfType(
                    ImageFault.class,
                    () -> decoder.decode(Arrays.copyOf(bytes(name), length)).close());
            assertThat(fault).as("%s of %d bytes", name, length).isNotNull();
            assertThat(fault.status()).isIn(ImageStatus.CORRUPT, ImageStatus.UNSUPPORTED);
        }
    }

    @Test
    void anAbsurdHeaderNeverReachesTheDecoder() throws IOException {
        byte[] file = bytes("rgb.png");
        ByteBuffer.wrap(file, 16, 8).putInt(60_000).putInt(60_000);

        ImageFault fault = catchThrowableOfType(
                ImageFault.class, () -> decoder.decode(file).close());

        assertThat(fault.status()).isEqualTo(ImageStatus.TOO_LARGE);
        assertThat(fault)
                .hasMessage("the header specifies 60000×60000, 3,600 megapixels:"
                        + " more than the limit of 1,000,000 pixels (max-pixels)");
        assertThat(fault.size()).contains(new ImageSize(60_000, 60_000));
    }

    @Test
    void manyThreadsDecodeAtOnce() throws Exception {
        byte[] file = bytes("rgb.png");
        String expected = new JsonMapper()
                .readTree(bytes("references.json"))
                .get("rgb.png")
                .get("crc32")
                .asText();
        var pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                results.add(pool.submit(() -> {
                    try (DecodedImage image = decoder.decode(file)) {
                        return crc32(pixels(image));
                    }
                }));
            }
            for (Future<String> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void nativeMemoryStaysFlatOverGoodAndBrokenFiles() throws Exception {
        byte[] good = Files.readAllBytes(Path.of(ImageDecoderTest.class
                .getResource("/org/sparkxception/goldens/a299_formula.png")
                .toURI()));
        byte[] broken = Arrays.copyOf(good, good.length / 2);
        decodeBoth(good, broken, 300);
        long before = residentKib();
        decodeBoth(good, broken, 1500);
        // Kept, 1,500 images would be 400 MB.
        assertThat(residentKib() - before).isLessThan(100_000);
    }

    @Test
    void theLimitMustBeOneThatOpenCvKeeps() {
        assertThatThrownBy(() -> new ImageDecoder(1L << 31))
                .hasMessage("the pixel limit must be from 1 to 1073741824 but was 2147483648");
    }

    private void decodeBoth(byte[] good, byte[] broken, int times) throws ImageFault {
        for (int i = 0; i < times; i++) {
            decoder.decode(good).close();
            assertThatThrownBy(() -> decoder.decode(broken)).isInstanceOf(ImageFault.class);
        }
    }

    private void assertFault(byte[] file, ImageStatus status, String message) {
        ImageFault fault = catchThrowableOfType(
                ImageFault.class, () -> decoder.decode(file).close());
        assertThat(fault).hasMessage(message);
        assertThat(fault.status()).isEqualTo(status);
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] pixels(DecodedImage image) {
        byte[] rgb = new byte[(int) image.size().pixels() * 3];
        image.rgb().get(rgb);
        return rgb;
    }

    private static String crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return "%08x".formatted(crc.getValue());
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream stream = ImageDecoderTest.class.getResourceAsStream(IMAGES + name)) {
            return stream.readAllBytes();
        }
    }
}
