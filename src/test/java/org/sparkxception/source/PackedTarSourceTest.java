package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.sparkxception.LongTest;

/** Tar archives compressed by gzip. */
@LongTest
class PackedTarSourceTest extends TarSourceTest {
    @Override
    String extension() {
        return ".tar.gz";
    }

    @Override
    byte[] pack(byte[] tar) throws IOException {
        return gzip(tar);
    }

    @Override
    byte[] cutPacked(byte[] tar, int length) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed, true)) {
            gzip.write(tar, 0, length);
            gzip.flush();
            return packed.toByteArray();
        }
    }

    @Test
    void anArchiveOfManyGzipStreamsIsReadToItsEnd() throws Exception {
        byte[] tar = tar(List.of(new Item("a.png", resource("rgb.png")), new Item("b.png", resource("rgb.png"))));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int i = 0; i < tar.length; i += 700) {
            packed.write(gzip(Arrays.copyOfRange(tar, i, Math.min(tar.length, i + 700))));
        }
        Files.write(file("c"), packed.toByteArray());

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "a.png"), "ok"), tuple(path("c", "b.png"), "ok"));
    }

    @Test
    void aWrongChecksumIsARowOfItsOwn() throws Exception {
        byte[] packed = gzip(tar(List.of(new Item("a.png", resource("rgb.png")))));
        packed[packed.length - 8] ^= 1;
        Files.write(file("c"), packed);

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"), tuple("file:" + data + "/c.tar.gz", "corrupt"));
    }
}
