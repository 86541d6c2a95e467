package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.sparkxception.TestSpark;

/** How a run is split into chunks, and how a chunk is written. */
class ChunksTest extends ClassifiedFolder {
    @Test
    void chunksAreClosedByBytesToo() throws Exception {
        byte[] image = resource("rgb.png");
        for (int i = 0; i < 4; i++) {
            put(i + ".png", image);
        }
        run(builder().chunkBytes(2L * image.length).build());
        assertThat(output().resolve("chunk=00001/_SUCCESS")).exists();
        assertThat(output().resolve("chunk=00002")).doesNotExist();
        assertThat(rows().count()).isEqualTo(4);
    }

    @Test
    void aChunkIsWrittenAnewWhereTheStorageStillShowsItsOldFolder() throws Exception {
        TestSpark.session()
                .sparkContext()
                .hadoopConfiguration()
                .setClass("fs.lasting.impl", LastingFolders.class, FileSystem.class);
        put("a.png", resource("rgb.png"));
        String lasting = "lasting://" + output();
        run(builder().output(lasting).build());
        assertThat(Files.deleteIfExists(output().resolve("_SUCCESS"))).isTrue();
        assertThat(Files.deleteIfExists(output().resolve("chunk=00000/_SUCCESS")))
                .isTrue();

        run(builder().output(lasting).build());

        assertThat(rows().count()).isEqualTo(1);
    }

    /** Files whose folders remain when they are deleted, as a store of objects may list them for a while. */
    public static final class LastingFolders extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("lasting:///");
        }

        @Override
        public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
            if (!exists(path) || !getFileStatus(path).isDirectory()) {
                return super.delete(path, false);
            }
            for (FileStatus entry : listStatus(path)) {
                delete(entry.getPath(), true);
            }
            return true;
        }
    }

    @Test
    void aFailedRunWaitsForChunksThatAreBeingCommitted() throws Exception {
        TestSpark.session()
                .sparkContext()
                .hadoopConfiguration()
                .setClass("fs.slow.impl", SlowCommits.class, FileSystem.class);
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));

        assertThatThrownBy(() -> run(
                        builder().output("slow://" + output()).chunkImages(1).build()))
                .isInstanceOf(TaskFailedException.class)
                .hasStackTraceContaining("no room for");

        assertThat(SlowCommits.COMMITTING).hasValue(0);
        assertThat(output().resolve("chunk=00000/_SUCCESS")).exists();
    }
}
