package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemsTest {
    @Test
    void aBucketWithoutASlashIsItsRoot() {
        assertThat(FileSystems.path("s3a://bucket")).hasToString("s3a://bucket/");
        assertThat(FileSystems.path("s3a://bucket/")).hasToString("s3a://bucket/");
        assertThat(FileSystems.path("s3a://bucket/a")).hasToString("s3a://bucket/a");
        assertThat(FileSystems.path("a/b")).hasToString("a/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abfss://c@account.dfs.core.windows.net/a.png",
                "gs://bucket/a.png",
                "s3://bucket/a.png",
                "s4://bucket/a.png"
            })
    void aFilesystemWhoseCodeIsNotThereIsAFaultOfThePath(String uri) {
        assertThatThrownBy(() -> FileSystems.of(FileSystems.path(uri), new Configuration()))
                .isInstanceOf(UnsupportedFileSystemException.class);
    }

    @Test
    void s3IsWhatItIsMappedTo() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.s3.impl", S3AFileSystem.class.getName());
        configuration.set("fs.s3a.access.key", "key");
        configuration.set("fs.s3a.secret.key", "secret");
        configuration.set("fs.s3a.endpoint.region", "us-east-1");

        try (FileSystem storage = FileSystems.fresh(new Path("s3://bucket/"), configuration)) {
            assertThat(FileSystems.isS3A(storage)).isTrue();
        }
    }
}
