package org.sparkxception.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A storage that tests read from and write to. */
public interface TestStorage extends AutoCloseable {
    /** Where the tests may write. */
    Path root();

    /** Hadoop's settings to reach it, without credentials. */
    Map<String, String> settings();

    /** What a process needs in its environment: the credentials, as a user would give them. */
    default Map<String, String> environment() {
        return Map.of();
    }

    @Override
    default void close() throws IOException {}

    /** A place that nothing was written to yet. */
    default Path fresh(String name) {
        return new Path(root(), name + "-" + UUID.randomUUID());
    }

    /** Options of the launcher that lead to the storage. */
    default List<String> launcherArguments() {
        List<String> arguments = new ArrayList<>();
        settings().forEach((name, value) -> {
            arguments.add("--spark-conf");
            arguments.add("spark.hadoop." + name + "=" + value);
        });
        return arguments;
    }

    /** Reaches it from this JVM. */
    default Configuration configuration() {
        Configuration configuration = new Configuration();
        settings().forEach(configuration::set);
        return configuration;
    }

    /** The storage for one's own use, not from Hadoop's cache: servers of one name differ from test to test. */
    default FileSystem fileSystem() throws IOException {
        return FileSystem.newInstance(root().toUri(), configuration());
    }
}
