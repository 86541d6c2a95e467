package org.sparkxception.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a local disk. */
class ExclusiveFileTest extends ExclusiveFileContract {
    @TempDir
    private java.nio.file.Path folder;

    @Override
    FileSystem storage() throws IOException {
        return FileSystem.getLocal(new Configuration());
    }

    @Override
    Path root() {
        return new Path(folder.toUri());
    }
}
