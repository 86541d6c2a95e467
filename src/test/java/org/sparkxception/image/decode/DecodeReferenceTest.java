package org.sparkxception.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images of every kind that is read have the pixels that Pillow gives them, and docs/reference/decoding.md says how nearly. */
class DecodeReferenceTest {
    private static final Path DOCUMENT = Path.of("docs", "reference", "decoding.md");
    private static final String TABLE = "| kind |";
    private static final String WRITE = "docs.write";

    private static final List<Decoded> DECODED = new ArrayList<>();

    @BeforeAll
    static void decodeAll() throws Exception {
        ImageDecoder decoder = new ImageDecoder(1_000_000);
        for (DecodeReference reference : DecodeReference.all()) {
            DECODED.add(Decoded.by(decoder, reference));
        }
    }

    @Test
    void thereAreEnoughImages() {
        assertThat(DECODED).hasSizeGreaterThan(900);
    }

    @Test
    void everyImageThatIsDecodedHasThePixelsThatPillowGivesIt() {
        assertThat(DECODED.stream()
                        .filter(image -> image.fault().isEmpty())
                        .filter(image -> !image.isComparable()
                                || image.largestDifference() > image.reference().tolerance())
                        .map(image -> image.reference() + " is " + image.size()
                                + (image.isComparable() ? ", off by " + image.largestDifference() : "")))
                .isEmpty();
    }

    @Test
    void whatIsNotDecodedIsARowThatSaysWhy() {
        Map<String, Set<String>> kinds = new TreeMap<>();
        for (Decoded image : DECODED) {
            image.fault()
                    .ifPresent(fault -> kinds.computeIfAbsent(
                                    fault.status().label() + ": " + fault.getMessage(), message -> new TreeSet<>())
                            .add(image.reference().kind()));
        }
        String convert = " is not supported: convert it to JPEG or PNG";
        assertThat(kinds)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "corrupt: the header specifies a BMP of 20×6, but the data is truncated or damaged",
                        Set.of("BMP, RLE4 that leaves pixels out", "BMP, RLE8 that leaves pixels out"),
                        "unsupported: a JPEG with 12 bits per sample is not supported: convert it to 8 bits",
                        Set.of("JPEG, 12 bit"),
                        "unsupported: a TIFF with 32 bits per sample" + convert,
                        Set.of("TIFF, 32 bit"),
                        "unsupported: a TIFF with LAB colors" + convert,
                        Set.of("TIFF, LAB", "TIFF, tiled, LAB", "TIFF, BigTIFF, LAB"),
                        "unsupported: a TIFF with compression 34925" + convert,
                        Set.of("TIFF, lzma"),
                        "unsupported: a TIFF with compression 50000" + convert,
                        Set.of("TIFF, zstd"),
                        "unsupported: a TIFF with compression 50001" + convert,
                        Set.of("TIFF, webp"),
                        "unsupported: a TIFF with photometric interpretation 1 with 2 samples of 8 bits,"
                                + " premultiplied by alpha" + convert,
                        Set.of("TIFF, gray, second channel premultiplied")));
    }

    @Test
    void theTableInTheDocumentationIsWhatIsMeasured() throws IOException {
        String document = Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : TABLE;
        String expected = document.substring(0, document.indexOf(TABLE)) + table();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(DOCUMENT, expected);
            document = expected;
        }
        assertThat(document)
                .as(
                        "%s is out of date: write it with ./mvnw test -Dtest=DecodeReferenceTest -D%s=true",
                        DOCUMENT, WRITE)
                .isEqualTo(expected);
    }

    private static String table() {
        Map<String, List<Decoded>> kinds = new TreeMap<>();
        DECODED.forEach(image -> kinds.computeIfAbsent(image.reference().kind(), kind -> new ArrayList<>())
                .add(image));
        StringBuilder table = new StringBuilder(TABLE)
                .append(
                        " images | largest difference | values that differ | not decoded |\n| --- | --- | --- | --- | --- |\n");
        kinds.forEach((kind, images) -> table.append(line(kind, images)));
        return table.toString();
    }

    private static String line(String kind, List<Decoded> images) {
        List<Decoded> compared = images.stream().filter(Decoded::isComparable).toList();
        long values = compared.stream().mapToLong(Decoded::values).sum();
        long differing = compared.stream().mapToLong(Decoded::differing).sum();
        long faults = images.stream().filter(image -> image.fault().isPresent()).count();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s |%n",
                kind,
                images.size(),
                compared.isEmpty()
                        ? ""
                        : compared.stream()
                                .mapToInt(Decoded::largestDifference)
                                .max()
                                .getAsInt(),
                compared.isEmpty()
                        ? ""
                        : differing == 0 ? "0" : String.format(Locale.ROOT, "%.2f %%", 100.0 * differing / values),
                faults == 0 ? "" : faults);
    }
}
