package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.SequenceFile.CompressionType;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.LongTest;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;

/** SequenceFiles of every kind of compression. */
@LongTest
class SequenceFileSourceTest extends SourceContract {
    @Override
    void write(String container, List<Item> items) throws IOException {
        write(container, items, CompressionType.BLOCK);
    }

    private void write(String container, List<Item> items, CompressionType compression) throws IOException {
        try (SequenceFile.Writer writer = writer(container, Text.class, BytesWritable.class, compression)) {
            for (Item item : items) {
                writer.append(new Text(item.name()), new BytesWritable(item.content()));
            }
        }
    }

    private SequenceFile.Writer writer(
            String container,
            Class<? extends Writable> key,
            Class<? extends Writable> value,
            CompressionType compression)
            throws IOException {
        return SequenceFile.createWriter(
                new Configuration(),
                SequenceFile.Writer.file(new org.apache.hadoop.fs.Path("file:" + data + "/" + container)),
                SequenceFile.Writer.keyClass(key),
                SequenceFile.Writer.valueClass(value),
                SequenceFile.Writer.compression(compression));
    }

    @Override
    String path(String container, String name) {
        return "file:" + data + "/" + container + "/" + name;
    }

    @Override
    SourceSettings source(String truth) {
        return new SourceSettings.SequenceFile(List.of(), truth);
    }

    @Override
    String truthOption() {
        return SourceSettings.PARENT_DIRECTORY;
    }

    @Override
    List<String> oddNames() {
        return List.of(
                "with space", "100%20", "a#1", "what?", "it's \"so\"", "été/靴", "a:b", "new\nline", "_a", ".b", "c/");
    }

    @Override
    String nothingThere() {
        return "no SequenceFile found in file:" + data + ": 0 names are hidden";
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aLargeFileIsReadInPartsAndEachRecordIsOneRow(CompressionType compression) throws Exception {
        List<Item> items = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            // Behind the image there is noise, so that compression leaves enough for several parts.
            byte[] content = new byte[35_000];
            random.nextBytes(content);
            byte[] image = resource("one-pixel.png");
            System.arraycopy(image, 0, content, 0, image.length);
            items.add(new Item(i + ".png", content));
        }
        write("c", items, compression);
        assertThat(file("c")).satisfies(file -> assertThat(Files.size(file)).isGreaterThan(2 * (32 << 20)));

        run(settings());

        assertThat(rows().filter("status = 'ok' and size = 35000")
                        .select("path")
                        .distinct()
                        .count())
                .isEqualTo(2000);
        assertThat(rows().count()).isEqualTo(2000);
    }

    @Test
    void recordsWithoutAKeyAreCalledByTheirPlace() throws Exception {
        write("c", List.of(new Item("", resource("rgb.png")), new Item("", resource("grey.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "#0-0"), "ok"), tuple(path("c", "#0-1"), "ok"));
    }

    @Test
    void keysAreUrlsWithoutTheirSecrets() throws Exception {
        write("c", List.of(new Item("https://h/x.png?X-Amz-Signature=A", resource("rgb.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactly(tuple(path("c", "https://h/x.png?X-Amz-Signature=sha256:559aead08264d579"), "ok"));
    }

    @Test
    void otherClassesAreRefused() throws Exception {
        writer("c", LongWritable.class, BytesWritable.class, CompressionType.NONE)
                .close();

        assertThatThrownBy(() -> run(settings()))
                .hasMessage("file:" + data + "/c has org.apache.hadoop.io.LongWritable keys and "
                        + "org.apache.hadoop.io.BytesWritable values: only org.apache.hadoop.io.Text and "
                        + "org.apache.hadoop.io.BytesWritable are supported");
    }

    @Test
    void onlyKeysThatAreIncludedAreRead() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png")), new Item("b.json", new byte[2])));

        SourceSettings source = new SourceSettings.SequenceFile(List.of("*.png"), "none");
        Outcome outcome = run(settings(source, data.toString(), output(), Mode.RESUME));

        assertThat(statuses()).containsExactly(tuple(path("c", "a.png"), "ok"));
        assertThat(outcome.report().plan().excluded()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aFileThatIsCutGivesWhatIsBeforeTheCutAndARowOfItsOwn(CompressionType compression) throws Exception {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] content = new byte[1_500_000];
            new Random(i).nextBytes(content);
            byte[] image = resource("rgb.png");
            System.arraycopy(image, 0, content, 0, image.length);
            items.add(new Item(i + ".png", content));
        }
        write("c", items, compression);
        byte[] whole = Files.readAllBytes(file("c"));
        Files.write(file("c"), Arrays.copyOf(whole, whole.length - 100_000));
        Files.delete(data.resolve(".c.crc"));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "0.png"), "ok"),
                        tuple(path("c", "1.png"), "ok"),
                        tuple(path("c", "2.png"), "ok"),
                        tuple("file:" + data + "/c", "corrupt"));
    }

    @Test
    void whatIsNoSequenceFileIsOneRow() throws Exception {
        Files.writeString(data.resolve("c"), "<html>not found</html>");
        write("d", List.of(new Item("a.png", resource("rgb.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple("file:" + data + "/c", "corrupt"), tuple(path("d", "a.png"), "ok"));
    }

    private Path file(String container) {
        return data.resolve(container);
    }
}
