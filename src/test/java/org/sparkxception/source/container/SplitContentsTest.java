package org.sparkxception.source.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.image.ImageFault;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.Place;
import org.sparkxception.source.dataset.SplitRequest;
import org.sparkxception.source.files.FlakyFileSystem;

/** Members of a packed archive on a storage that fails, and comes back. */
class SplitContentsTest {
    @TempDir
    Path folder;

    private String archive;
    private Instant modified;

    @BeforeEach
    void writeArchive() throws IOException {
        Path file = folder.resolve("c.tgz");
        try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            for (int i = 0; i < 4; i++) {
                byte[] noise = new byte[100_000];
                new java.util.Random(i).nextBytes(noise);
                TarArchiveEntry entry = new TarArchiveEntry(i + ".png");
                entry.setSize(noise.length);
                tar.putArchiveEntry(entry);
                tar.write(noise);
                tar.closeArchiveEntry();
            }
        }
        archive = "flaky:" + file;
        modified = Instant.ofEpochMilli(Files.getLastModifiedTime(file).toMillis());
    }

    @Test
    void readingGoesOnWhereTheStorageFailed() throws Exception {
        FlakyFileSystem.FAULTS_LEFT.set(2);

        for (ImageContent content : contents(0, 1, 3)) {
            byte[] noise = new byte[100_000];
            new java.util.Random(SplitRequest.number(content.image())).nextBytes(noise);
            assertThat(content.bytes()).isEqualTo(noise);
        }
        assertThat(FlakyFileSystem.FAULTS_LEFT).hasValue(0);
    }

    @Test
    void whatTheStorageDoesNotGiveIsUnreadable() {
        FlakyFileSystem.FAULTS_LEFT.set(3);

        assertThat(contents(2, 3))
                .hasSize(2)
                .allSatisfy(content -> assertThatThrownBy(content::bytes)
                        .isInstanceOf(ImageFault.class)
                        .hasMessage("could not read " + archive + ": connection reset"));
    }

    @Test
    void anArchiveThatIsGoneIsMissing() throws Exception {
        Files.delete(folder.resolve("c.tgz"));

        assertThat(contents(2, 3))
                .hasSize(2)
                .allSatisfy(content -> assertThatThrownBy(content::bytes)
                        .isInstanceOf(ImageFault.class)
                        .hasMessage("the file existed when the run was planned but no longer exists"));
    }

    private List<ImageContent> contents(long... numbers) {
        List<ImageRef> images = Stream.of(numbers)
                .flatMapToLong(java.util.Arrays::stream)
                .mapToObj(number -> ImageRef.file(archive + "/" + number + ".png", 100_000, modified)
                        .at(new Place.SplitRecord(archive, 0, number)))
                .toList();
        SplitRequest part = SplitRequest.of(images).get(0);
        Configuration configuration = new Configuration();
        configuration.setClass("fs.flaky.impl", FlakyFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
        SplitReader open = new SplitReader(new TarFormat(), configuration, part.part());
        SplitContents contents = new SplitContents(part.images(), open, "tar archive", 1 << 20);
        return Stream.generate(() -> contents)
                .takeWhile(SplitContents::hasNext)
                .map(SplitContents::next)
                .toList();
    }
}
