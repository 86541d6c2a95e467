package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.sparkxception.LongTest;

/** The contract on servers. */
class ExclusiveFileIT {
    @TestInstance(Lifecycle.PER_CLASS)
    abstract static class OnServer extends ExclusiveFileContract {
        private TestStorage server;
        private FileSystem storage;

        abstract TestStorage start() throws Exception;

        @BeforeAll
        void open() throws Exception {
            server = start();
            storage = server.fileSystem();
        }

        @AfterAll
        void close() throws IOException {
            if (storage != null) {
                storage.close();
            }
            if (server != null) {
                server.close();
            }
        }

        @Test
        void aVersionIsWholeWhenItIsSeen() throws Exception {
            Path path = new Path(root(), "whole-" + UUID.randomUUID());
            storage.mkdirs(path.getParent());
            CompletableFuture<Long> seen = CompletableFuture.supplyAsync(() -> lengthWhenSeen(path));
            new ExclusiveFile(storage, path).tryCreate(new byte[1_000]);

            assertThat(seen.get(1, TimeUnit.MINUTES)).isGreaterThan(1_000L);
        }

        private long lengthWhenSeen(Path path) {
            while (true) {
                try {
                    return storage.getFileStatus(path).getLen();
                } catch (FileNotFoundException e) {
                    Thread.onSpinWait();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        FileSystem storage() {
            return storage;
        }

        @Override
        Path root() {
            return server.root();
        }
    }

    /** HDFS can lose a block that is read while it is written: nobody may see the file before. */
    @Nested
    class OnHdfs extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return new HdfsServer();
        }
    }

    @LongTest
    @Nested
    class OnSeaweed extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return new SeaweedServer();
        }
    }

    /** Conditional requests are handed on one at a time, since s3proxy does not keep them apart. */
    @LongTest
    @Nested
    class OnS3Proxy extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return FlakyS3.inFrontOf(new S3ProxyServer()).start();
        }
    }

    /** Answers are lost, requests are refused and connections break. */
    @LongTest
    @Nested
    class OnFlakyS3 extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return FlakyS3.inFrontOf(new S3ProxyServer())
                    .seed(7)
                    .slowDown(0.05)
                    .reset(0.05)
                    .loseAnswer(0.05)
                    .start();
        }
    }
}
