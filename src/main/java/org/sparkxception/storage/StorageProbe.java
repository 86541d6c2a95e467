package org.sparkxception.storage;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * Sends a single request to a storage before the run starts, with shorter timeouts than those of the run: a mistyped host is
 * reported in about a minute, while the run waits longer for a storage that is temporarily unavailable.
 */
public final class StorageProbe {
    private static final Map<String, String> PROBE_TIMEOUTS = Map.of(
            "fs.s3a.attempts.maximum", "1",
            "fs.s3a.retry.limit", "1",
            "fs.s3a.connection.establish.timeout", "15000",
            "ipc.client.connect.max.retries", "3",
            "ipc.client.connect.max.retries.on.timeouts", "2",
            "dfs.client.failover.max.attempts", "3");

    private StorageProbe() {}

    /**
     * Rejects a URI that contains secrets, or whose storage cannot be reached. The path itself need not exist.
     *
     * @param exitCode the exit code if the storage cannot be reached
     * @param setting the setting whose value is the URI
     * @throws UserException with a remedy
     */
    public static void reach(ExitCode exitCode, String setting, String uri, Configuration configuration) {
        StorageFaults.rejectCredentials(setting, uri);
        Configuration impatient = new Configuration(configuration);
        PROBE_TIMEOUTS.forEach(impatient::set);
        try {
            Path path = FileSystems.path(uri);
            try (FileSystem storage = FileSystems.fresh(path, impatient)) {
                storage.exists(path);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(exitCode, "`" + setting + "` " + StorageFaults.explain(uri, e), e);
        }
    }
}
