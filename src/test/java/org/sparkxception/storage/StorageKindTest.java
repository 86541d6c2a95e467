package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazon.ws.emr.hadoop.fs.EmrFileSystem;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.Test;

class StorageKindTest {
    /** A user's own. */
    private static final class TracedS3A extends S3AFileSystem {}

    @Test
    void aFilesystemIsWhatItsClassOrOneThatItExtendsIs() {
        assertThat(StorageKind.of(new S3AFileSystem())).isEqualTo(StorageKind.S3A);
        assertThat(StorageKind.of(new TracedS3A())).isEqualTo(StorageKind.S3A);
        assertThat(StorageKind.of(new EmrFileSystem())).isEqualTo(StorageKind.EMRFS);
        assertThat(StorageKind.of(new DistributedFileSystem())).isEqualTo(StorageKind.HDFS);
        assertThat(StorageKind.of(new LocalFileSystem())).isEqualTo(StorageKind.FILES);
    }

    @Test
    void s3aCreatesExclusivelyOnlyWithConditionalRequests() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.s3a.access.key", "key");
        configuration.set("fs.s3a.secret.key", "secret");
        configuration.set("fs.s3a.endpoint.region", "us-east-1");
        Path file = new Path("s3a://bucket/lock");
        try (FileSystem storage = FileSystem.newInstance(URI.create("s3a://bucket"), configuration)) {
            assertThat(new ExclusiveFile(storage, file).isSupported()).isTrue();
        }

        configuration.set("fs.s3a.create.conditional.enabled", "false"); // As before Hadoop 3.4.2.
        try (FileSystem storage = FileSystem.newInstance(URI.create("s3a://bucket"), configuration)) {
            assertThat(new ExclusiveFile(storage, file).isSupported()).isFalse();
            assertThatThrownBy(() -> AtomicCreate.tryCreate(storage, file, new byte[1]))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("s3a://bucket cannot create a file exclusively");
        }
    }

    @Test
    void emrfsDoesNotCreateExclusively() throws IOException {
        EmrFileSystem storage = new EmrFileSystem();
        storage.initialize(URI.create("file:///"), new Configuration());

        assertThat(new ExclusiveFile(storage, new Path("/lock")).isSupported()).isFalse();
    }
}
