package org.sparkxception.storage;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * Asks a storage one question before the work begins, with less patience than the work has: a host that was mistyped is told
 * in about a minute, while one that is away later is waited for.
 */
public final class StorageProbe {
    private static final Map<String, String> PROBE_TIMEOUTS = Map.of(
            "fs.s3a.attempts.maximum", "1",
            "fs.s3a.retry.limit", "1",
            "fs.s3a.connection.establish.timeout", "15s",
            "ipc.client.connect.max.retries", "3",
            "ipc.client.connect.max.retries.on.timeouts", "2",
            "dfs.client.failover.max.attempts", "3");

    private StorageProbe() {}

    /**
     * Refuses a URI that holds keys, or whose storage cannot be reached; whether something is there is not asked.
     *
     * @param exitCode what a fault ends in
     * @param option the option that the URI is the value of
     * @throws UserException with the way out
     */
    public static void reach(ExitCode exitCode, String option, String uri, Configuration configuration) {
        StorageFaults.rejectCredentials(option, uri);
        Configuration impatient = new Configuration(configuration);
        PROBE_TIMEOUTS.forEach(impatient::set);
        try {
            Path path = FileSystems.path(uri);
            try (FileSystem storage = FileSystems.fresh(path, impatient)) {
                storage.exists(path);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(exitCode, option + " " + StorageFaults.explain(uri, e), e);
        }
    }
}
