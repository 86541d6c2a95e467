package org.sparkxception.storage;

import java.util.Map;
import org.apache.hadoop.fs.Path;

/** A local disk. */
public final class LocalStorage implements TestStorage {
    private final java.nio.file.Path folder;

    public LocalStorage(java.nio.file.Path folder) {
        this.folder = folder;
    }

    @Override
    public Path root() {
        return new Path(folder.toUri());
    }

    @Override
    public Map<String, String> settings() {
        return Map.of();
    }
}
