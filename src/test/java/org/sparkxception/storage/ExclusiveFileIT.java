package org.sparkxception.storage;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

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

        @Override
        FileSystem storage() {
            return storage;
        }

        @Override
        Path root() {
            return server.root();
        }
    }

    @Nested
    class OnHdfs extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return new HdfsServer();
        }
    }

    @Nested
    class OnSeaweed extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return new SeaweedServer();
        }
    }

    /** Conditional requests are handed on one at a time, since s3proxy does not keep them apart. */
    @Nested
    class OnS3Proxy extends OnServer {
        @Override
        TestStorage start() throws Exception {
            return FlakyS3.inFrontOf(new S3ProxyServer()).start();
        }
    }

    /** Answers are lost, requests are refused and connections break. */
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
