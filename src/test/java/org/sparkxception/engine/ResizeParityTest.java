package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.sparkxception.LongTest;
import org.sparkxception.model.Resize;
import org.sparkxception.model.torchscript.ResizeProgram;

/** Every kind of resize against the library that it follows; what is measured is the table of docs/reference/preprocessing.md. */
@LongTest
class ResizeParityTest {
    private static final double TOLERANCE = 1;

    /** Smaller differences come of the order in which float32 values are added. */
    private static final double SAME = 0.01;

    private static final Path DOCUMENT = Path.of("docs/reference/preprocessing.md");
    private static final String HEADER = """
            | source | resize | result | images | largest difference | values that differ |
            | --- | --- | --- | --- | --- | --- |
            """;

    @Test
    void equalsItsSourceWithinALevelAsTheDocumentSays() throws IOException {
        StringBuilder table = new StringBuilder(HEADER);
        List<String> beyond = new ArrayList<>();
        for (String source : List.of("pillow", "tensorflow", "timm")) {
            for (ResizeReference reference : ResizeReference.read(source)) {
                table.append(measure(reference, beyond));
            }
        }

        assertThat(beyond).isEmpty();
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf("| source |");
        int end = document.indexOf("\n\n", begin) + 1;
        String measured = document.substring(0, begin) + table + document.substring(end);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(DOCUMENT, measured);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("%s does not say what is measured: run this test with -Ddocs.write=true", DOCUMENT)
                .isEqualTo(measured);
    }

    private static String measure(ResizeReference reference, List<String> beyond) {
        double largest = 0;
        long differing = 0;
        long values = 0;
        Resize resize = reference.resize();
        byte[] archive = ResizeProgram.compile(resize, reference.rows(), reference.columns());
        try (TorchProgram program = TorchProgram.load(archive, Device.cpu());
                ImageResizer resizer = new ImageResizer(program)) {
            for (ResizeReference.Image image : reference.images()) {
                ByteBuffer result = ByteBuffer.wrap(resizer.resize(image.draw(), image.size()))
                        .order(ByteOrder.nativeOrder());
                double worst = 0;
                for (int i = 0; i < image.expected().length; i++) {
                    int place = image.place(i, reference.rows(), reference.columns());
                    double actual = resize.hasFractions()
                            ? result.getFloat(place * Float.BYTES)
                            : Byte.toUnsignedInt(result.get(place));
                    double difference = Math.abs(actual - image.expected()[i]);
                    worst = Math.max(worst, difference);
                    differing += difference > SAME ? 1 : 0;
                    values++;
                }
                if (!(worst <= TOLERANCE)) {
                    beyond.add(worst + " levels: " + image.size() + " of kind " + image.kind() + " by " + resize);
                }
                largest = Math.max(largest, worst);
            }
        }
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d×%d | %d | %s | %.2f %% |%n",
                reference.source(),
                resize.summary(),
                reference.columns(),
                reference.rows(),
                reference.images().size(),
                largest <= SAME ? "0" : String.format(Locale.ROOT, "%.2f", largest),
                100.0 * differing / values);
    }
}
