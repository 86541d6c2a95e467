package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectLocalFileSystemTest {
    @TempDir
    java.nio.file.Path folder;

    private FileSystem storage;

    @BeforeEach
    void open() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.file.impl", DirectLocalFileSystem.class.getName());
        configuration.set("fs.permissions.umask-mode", "027");
        storage = FileSystem.newInstance(folder.toUri(), configuration);
    }

    @Test
    void filesAndDirectoriesHaveThePermissionsOfHadoopsUmask() throws IOException {
        storage.create(path("a/b")).close();

        assertThat(permissions("a")).isEqualTo("rwxr-x---");
        assertThat(permissions("a/b")).isEqualTo("rw-r-----");
        assertThat(permissions("a/.b.crc")).isEqualTo("rw-r-----");
    }

    @Test
    void permissionsAreSetOfEveryName() throws IOException {
        for (String name : new String[] {"plain", "spaced name", "%41", "\u00e9\u4e16\ud83d\ude00", "a#b?c"}) {
            storage.mkdirs(path(name));
            storage.setPermission(path(name), new FsPermission((short) 0701));

            assertThat(permissions(name)).as(name).isEqualTo("rwx-----x");
        }
    }

    @Test
    void theStickyBitIsSet() throws IOException {
        storage.mkdirs(path("shared"));
        storage.setPermission(path("shared"), new FsPermission((short) 01777));

        assertThat(Files.getAttribute(folder.resolve("shared"), "unix:mode")).isEqualTo(0041777);
    }

    @Test
    void aFileThatIsNotThereIsAFault() {
        assertThatThrownBy(() -> storage.setPermission(path("none"), FsPermission.getFileDefault()))
                .isInstanceOf(NoSuchFileException.class);
    }

    private Path path(String name) {
        return new Path(new Path(folder.toUri()), new Path(null, null, name));
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
    }
}
