package org.sparkxception.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.header.HeaderProbe;
import org.sparkxception.image.header.TiffTags;

/** Files that are damaged on purpose, or no images: each is a fault, and none costs much memory or ends the JVM. */
class HostileImageTest {
    private static final int FIRST_PNG_CHUNK_END = 33;

    private static final Set<String> KINDS_READ_HERE = Set.of(
            "BMP, 16 bit (555)",
            "BMP, 16 bit with masks (565)",
            "BMP, 32 bit with masks",
            "BMP, RLE4",
            "BMP, RLE8",
            "GIF, frame smaller than the screen",
            "GIF, frame larger than the screen",
            "TIFF, tiled",
            "TIFF, fax",
            "TIFF, palette",
            "TIFF, RGB",
            "TIFF, BigTIFF",
            "TIFF, CMYK",
            "TIFF, planes",
            "TIFF, predictor",
            "TIFF, gray, 4 bit");

    private final ImageDecoder decoder = new ImageDecoder(1_000_000);

    @Test
    void aPngChunkThatSaysItHasGigabytesIsRefusedBeforeTheyAreAllocated() throws Exception {
        byte[] png = bytes("rgb.png");
        ByteBuffer.wrap(png).putInt(FIRST_PNG_CHUNK_END, 0xfffffff0);
        decoder.decode(bytes("rgb.png")).close();
        long before = peakKib();

        ImageFault fault = fault(png);

        assertThat(fault).hasMessage("the header is damaged: the PNG ends within a chunk: it is truncated or damaged");
        assertThat(peakKib() - before).isLessThan(100_000);
    }

    @Test
    void anAnimatedPngWithDamagedDataIsCorrupt() throws Exception {
        byte[] png = bytes("animated.png");
        int data = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") + 4;
        Arrays.fill(png, data, data + 10, (byte) 0xff);

        for (int i = 0; i < 100; i++) {
            assertThat(fault(png))
                    .hasMessage("the header specifies a PNG of 48×32, but the data is truncated or damaged");
        }
    }

    /** As it is, this file ends the JVM in OpenCV 4.13: libpng's error handler jumps into a function that has returned. */
    @Test
    void damageAfterTheFirstFrameOfAnAnimatedPngChangesNothing() throws Exception {
        byte[] png = bytes("animated.png");
        int control = new String(png, StandardCharsets.ISO_8859_1).indexOf("fcTL");
        png[control + 3] = 'B';
        png[689] = (byte) 0xff;

        try (DecodedImage image = decoder.decode(png)) {
            assertThat(image.size()).isEqualTo(new ImageSize(48, 32));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iCCP", "zTXt", "iTXt"})
    void metadataThatInflatesToHundredsOfMegabytesIsNotRead(String chunk) throws Exception {
        byte[] start = (switch (chunk) {
                    case "iCCP" -> "profile\0\0";
                    case "zTXt" -> "Raw profile type exif\0\0";
                    default -> "XML:com.adobe.xmp\0\1\0\0\0";
                })
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] png = withChunk(bytes("rgb.png"), chunk, concat(start, deflatedZeros(300_000_000)));
        decoder.decode(bytes("rgb.png")).close();
        long before = peakKib();

        try (DecodedImage image = decoder.decode(png)) {
            assertThat(image.size()).isEqualTo(new ImageSize(48, 32));
        }

        assertThat(peakKib() - before).isLessThan(100_000);
    }

    @Test
    void aWebpChunkThatSaysItHasGigabytesIsNotAllocated() throws Exception {
        byte[] webp = bytes("orientation-6.webp");
        ByteBuffer fields = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        int exif = new String(webp, StandardCharsets.ISO_8859_1).indexOf("EXIF");
        fields.putInt(4, 0x7fffffff).putInt(exif + 4, 0x7ffffff0 - exif);
        long before = peakKib();

        HeaderProbe.probe(webp);

        assertThat(peakKib() - before).isLessThan(100_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ....ftypheic....            | the file is of type HEIF: convert it to JPEG or PNG
                    ....ftypavif....            | the file is of type AVIF: convert it to JPEG or PNG
                    8BPS..                      | the file is of type PSD: convert it to JPEG or PNG
                    PK..                        | the file is of type ZIP: supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF
                    <svg xmlns="">              | the file is an SVG drawing: convert it to JPEG or PNG
                    <?xml version="1.0"?><svg>  | the file is an SVG drawing: convert it to JPEG or PNG
                    BMW and other cars          | the file is text: supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF
                    version https://git-lfs.github.com/spec/v1 | the file is a Git LFS pointer: fetch the images with git lfs pull
                    """)
    void whatIsNoImageIsNamed(String file, String message) {
        ImageFault fault = fault(file.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(fault).hasMessage(message);
        assertThat(fault.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    }

    @Test
    void aTextMayHaveAnyCharacters() {
        assertThat(fault("x".concat("ä".repeat(300)).getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("the file is text");
    }

    @Test
    void aTiffOfFloatingPointIsUnsupported() throws Exception {
        byte[] tiff = bytes("raw.tif");
        TiffTags.read(tiff, 0).orElseThrow().overwrite(tiff, TiffTags.BITS_PER_SAMPLE, 32);

        ImageFault fault = fault(tiff);

        assertThat(fault).hasMessage("a TIFF with 32 bits per sample is not supported: convert it to JPEG or PNG");
        assertThat(fault.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    }

    @Test
    void whateverIsWrittenOverAFileItIsDecodedOrAFault() throws Exception {
        Random random = new Random(7);
        List<String> names = List.of(
                "baseline.jpg",
                "progressive.jpg",
                "animated.png",
                "palette.png",
                "animated.webp",
                "lossy.webp",
                "lzw.tif",
                "alpha.tif",
                "transparent.gif",
                "small-frame.gif",
                "rgb.bmp",
                "exif-in-text.png");
        for (int i = 0; i < 6000; i++) {
            decodeAfterChanges(bytes(names.get(i % names.size())), random);
        }
    }

    @Test
    void whateverIsWrittenOverAFileOfAKindThatIsReadHereItIsDecodedOrAFault() throws Exception {
        Random random = new Random(8);
        List<DecodeReference> files = DecodeReference.all().stream()
                .filter(file -> KINDS_READ_HERE.contains(file.kind()))
                .toList();
        for (int i = 0; i < 12_000; i++) {
            decodeAfterChanges(files.get(i % files.size()).file().clone(), random);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    322 | 40000 | the header specifies a TIFF of 24×20, but the data is truncated or damaged
                    322 | 0     | the header is damaged: it specifies tiles of 0×16
                    258 | 12    | a TIFF with 12 bits per sample is not supported: convert it to JPEG or PNG
                    317 | 3     | a TIFF with predictor 3 is not supported: convert it to JPEG or PNG
                    256 | 900   | the header specifies a TIFF of 900×20, but the data is truncated or damaged
                    """)
    void aTiffWhoseTagsLieIsAFault(int tag, int value, String message) throws Exception {
        boolean packed = tag == TiffTags.PREDICTOR;
        DecodeReference reference = DecodeReference.all().stream()
                .filter(file -> packed
                        ? file.toString().equals("TIFF, predictor: CMYK.tif")
                        : file.toString().equals("TIFF, tiled: CMYK-II-24x20.tif"))
                .findFirst()
                .orElseThrow();
        byte[] tiff = reference.file().clone();
        TiffTags.read(tiff, 0).orElseThrow().overwrite(tiff, tag, value);

        assertThat(fault(tiff)).hasMessage(message);
    }

    /** One strip of 800 MB that a few bytes are said to unpack to. */
    @Test
    void aTiffThatSaysItUnpacksToHundredsOfMegabytesIsUnpackedRowByRow() throws Exception {
        byte[] tiff = DecodeReference.all().stream()
                .filter(file -> file.toString().equals("TIFF, predictor: CMYK-16-bit.tif"))
                .findFirst()
                .orElseThrow()
                .file()
                .clone();
        TiffTags tags = TiffTags.read(tiff, 0).orElseThrow();
        tags.overwrite(tiff, TiffTags.WIDTH, 10_000);
        tags.overwrite(tiff, TiffTags.HEIGHT, 10_000);
        tags.overwrite(tiff, TiffTags.ROWS_PER_STRIP, 10_000);
        long before = peakKib();

        ImageFault fault = catchThrowableOfType(
                ImageFault.class,
                () -> new ImageDecoder(100_000_000).decode(tiff).close());

        assertThat(fault)
                .hasMessage("the header specifies a TIFF of 10000×10000, but the data is truncated or damaged");
        assertThat(peakKib() - before).isLessThan(100_000);
    }

    @Test
    void aRowOfMillionsOfPixelsIsNotHeld() throws Exception {
        byte[] tiff = DecodeReference.all().stream()
                .filter(file -> file.toString().equals("TIFF, fax: group4.tif"))
                .findFirst()
                .orElseThrow()
                .file()
                .clone();
        TiffTags tags = TiffTags.read(tiff, 0).orElseThrow();
        int width = tags.value(TiffTags.WIDTH).orElseThrow();
        ByteBuffer fields = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
        int entry = 10;
        while (Short.toUnsignedInt(fields.getShort(entry)) != TiffTags.WIDTH) {
            entry += 12;
        }
        assertThat(fields.getInt(entry + 8)).isEqualTo(width);
        fields.putShort(entry + 2, (short) 4).putInt(entry + 8, 2_000_000);
        tags.overwrite(tiff, TiffTags.HEIGHT, 1);

        ImageFault fault = catchThrowableOfType(
                ImageFault.class,
                () -> new ImageDecoder(100_000_000).decode(tiff).close());

        assertThat(fault).hasMessage("the image is 2000000 pixels wide, more than the limit of 1048576");
    }

    private void decodeAfterChanges(byte[] file, Random random) {
        for (int change = 0; change < 4; change++) {
            int range = random.nextBoolean() ? file.length : Math.min(file.length, 100);
            file[random.nextInt(range)] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
        }
        try (DecodedImage image = decoder.decode(file)) {
            assertThat(image.rgb().capacity()).isEqualTo((int) image.size().pixels() * 3);
        } catch (ImageFault fault) {
            assertThat(fault.getMessage()).isNotBlank();
        }
    }

    private ImageFault fault(byte[] file) {
        return catchThrowableOfType(ImageFault.class, () -> decoder.decode(file).close());
    }

    /** The most memory that the process ever had. */
    private static long peakKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] withChunk(byte[] png, String name, byte[] data) {
        byte[] body = concat(name.getBytes(StandardCharsets.US_ASCII), data);
        CRC32 crc = new CRC32();
        crc.update(body);
        return ByteBuffer.allocate(png.length + 8 + body.length)
                .put(png, 0, FIRST_PNG_CHUNK_END)
                .putInt(data.length)
                .put(body)
                .putInt((int) crc.getValue())
                .put(png, FIRST_PNG_CHUNK_END, png.length - FIRST_PNG_CHUNK_END)
                .array();
    }

    private static byte[] deflatedZeros(int count) {
        Deflater deflater = new Deflater(9);
        byte[] input = new byte[1_000_000];
        byte[] buffer = new byte[100_000];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int done = 0; done < count; done += input.length) {
            deflater.setInput(input);
            while (!deflater.needsInput()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream stream = HostileImageTest.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        }
    }
}
