package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.LongTest;
import org.sparkxception.job.Outcome;

/** Plain tar archives, and what is true of packed ones too. */
public class TarSourceTest extends SourceContract {
    String extension() {
        return ".tar";
    }

    byte[] pack(byte[] tar) throws IOException {
        return tar;
    }

    @Override
    void write(String container, List<Item> items) throws IOException {
        Files.write(data.resolve(container + extension()), pack(tar(items)));
    }

    public static byte[] tar(List<Item> items) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (Item item : items) {
                put(tar, item);
            }
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, Item item) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(item.name(), true);
        entry.setSize(item.content().length);
        tar.putArchiveEntry(entry);
        tar.write(item.content());
        tar.closeArchiveEntry();
    }

    @Override
    String path(String container, String name) {
        return "file:" + data + "/" + container + extension() + "/" + name;
    }

    @Override
    SourceSettings source(String truth) {
        return new SourceSettings.Tar(List.of(), truth);
    }

    @Override
    String truthOption() {
        return SourceSettings.PARENT_DIRECTORY;
    }

    @Override
    List<String> oddNames() {
        return List.of(
                "with space.png",
                "100%20.png",
                "a#1.png",
                "what?.png",
                "it's \"so\".png",
                "back\\slash.png",
                "été/靴.png",
                "a:b.png",
                "new\nline.png",
                "./here.png",
                "long/".repeat(60) + "name.png");
    }

    @Override
    String nothingThere() {
        return "no tar archive found in file:" + data + ": 0 files do not end with one of .tar, .tar.gz, .tgz, and";
    }

    @Test
    void whatIsNoImageIsLeftOutAndCounted() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.putArchiveEntry(new TarArchiveEntry("directory/"));
            tar.closeArchiveEntry();
            put(tar, new Item("directory/a.png", resource("rgb.png")));
            put(tar, new Item("directory/a.json", new byte[700]));
            put(tar, new Item("__MACOSX/a.png", resource("rgb.png")));
            put(tar, new Item(".b.png", resource("rgb.png")));
            for (byte kind : List.of(TarConstants.LF_SYMLINK, TarConstants.LF_LINK)) {
                TarArchiveEntry link = new TarArchiveEntry("link" + kind + ".png", kind);
                link.setLinkName("directory/a.png");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            put(tar, new Item("z.png", resource("rgb.png")));
        }
        Files.write(data.resolve("c" + extension()), pack(bytes.toByteArray()));
        Files.write(data.resolve("readme.txt"), new byte[1]);

        Outcome outcome = run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "directory/a.png"), "ok"), tuple(path("c", "z.png"), "ok"));
        assertThat(outcome.report().plan().hidden()).isEqualTo(2);
        assertThat(outcome.report().plan().excluded()).isEqualTo(4);
    }

    @Test
    void namesThatAreNotUtf8AreKeptApart() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "ISO-8859-1")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            put(tar, new Item("caf\u00e9.png", resource("rgb.png")));
            put(tar, new Item("caf\u00e8.png", resource("rgb.png")));
            put(tar, new Item("n".repeat(150) + "\u00e8.png", resource("rgb.png")));
            tar.setAddPaxHeadersForNonAsciiNames(true);
            put(tar, new Item("\u00e9t\u00e9.png", resource("rgb.png")));
        }
        Files.write(data.resolve("c" + extension()), pack(bytes.toByteArray()));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "caf\ufffdE9.png"), "ok"),
                        tuple(path("c", "caf\ufffdE8.png"), "ok"),
                        tuple(path("c", "n".repeat(150) + "\ufffdE8.png"), "ok"),
                        tuple(path("c", "\u00e9t\u00e9.png"), "ok"));
    }

    @Test
    void anArchiveIsToldByItsContentNotByItsName() throws Exception {
        byte[] tar = tar(List.of(new Item("a.png", resource("rgb.png"))));
        Files.write(data.resolve("c.tar"), pack(tar));
        Files.write(data.resolve("d.tar.gz"), tar);

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/c.tar/a.png", "ok"), tuple("file:" + data + "/d.tar.gz/a.png", "ok"));
    }

    @Test
    void namesOfGnuTarMayBeLong() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String name = "n".repeat(150) + ".png";
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            put(tar, new Item(name, resource("rgb.png")));
        }
        Files.write(data.resolve("c" + extension()), pack(bytes.toByteArray()));

        run(settings());

        assertThat(statuses()).containsExactly(tuple(path("c", name), "ok"));
    }

    @LongTest
    @Test
    void twoThousandMembersOfManyArchivesAreEachOneRow() throws Exception {
        byte[] image = resource("one-pixel.png");
        for (int shard = 0; shard < 8; shard++) {
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                items.add(new Item("%04d.png".formatted(i), image));
            }
            write("shard-" + shard, items);
        }

        run(settings());

        assertThat(rows().filter("status = 'ok'").select("path").distinct().count())
                .isEqualTo(2000);
        assertThat(rows().count()).isEqualTo(2000);
    }

    /** The archive holds three members, each an image with noise behind it: what is packed is cut where the plain one is. */
    private List<Item> noisy() {
        List<Item> items = new ArrayList<>();
        for (String name : List.of("a.png", "b.png", "c.png")) {
            byte[] content = new byte[200_000];
            new Random(name.hashCode()).nextBytes(content);
            byte[] image = resource("rgb.png");
            System.arraycopy(image, 0, content, 0, image.length);
            items.add(new Item(name, content));
        }
        return items;
    }

    @Test
    void anArchiveThatIsCutWithinAMemberGivesThoseBeforeItAndTheOneThatIsCut() throws Exception {
        byte[] whole = pack(tar(noisy()));
        Files.write(data.resolve("c" + extension()), Arrays.copyOf(whole, 300_000));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "a.png"), "ok"), tuple(path("c", "b.png"), "corrupt"));
        assertThat(rows().filter("status = 'corrupt'").first().<String>getAs("error"))
                .startsWith("the tar archive is damaged at byte ")
                .endsWith("): everything after that point is unreadable");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300})
    void anArchiveThatIsCutWithinAHeaderIsARowOfItsOwn(int bytesOfHeader) throws Exception {
        byte[] tar = tar(noisy());
        int cut = 2 * (512 + 200_192);
        Files.write(data.resolve("c" + extension()), cutPacked(tar, cut + bytesOfHeader));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"),
                        tuple(path("c", "b.png"), "ok"),
                        tuple("file:" + data + "/c" + extension(), "corrupt"));
    }

    /** An archive of the first bytes, cut so that a reader fails and does not find its end. */
    byte[] cutPacked(byte[] tar, int length) throws IOException {
        return Arrays.copyOf(tar, length);
    }

    @Test
    void aDamagedHeaderIsARowOfItsOwn() throws Exception {
        byte[] tar = tar(noisy());
        Arrays.fill(tar, 512 + 200_192, 512 + 200_192 + 512, (byte) 'x');
        Files.write(data.resolve("c" + extension()), pack(tar));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"), tuple("file:" + data + "/c" + extension(), "corrupt"));
    }

    @Test
    void whatIsNoArchiveIsOneRow() throws Exception {
        Files.writeString(
                data.resolve("c" + extension()), "<html>not found</html>".repeat(100), StandardCharsets.UTF_8);
        write("d", List.of(new Item("a.png", resource("rgb.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/c" + extension(), "corrupt"), tuple(path("d", "a.png"), "ok"));
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    Path file(String container) {
        return data.resolve(container + extension());
    }
}
