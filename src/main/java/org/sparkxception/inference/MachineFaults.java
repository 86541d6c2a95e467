package org.sparkxception.inference;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * What a task fails with where no image is to blame. An {@link Error} is not among the causes: Spark would end the JVM with it, and all other
 * tasks.
 */
public final class MachineFaults {
    private static final Logger LOG = LoggerFactory.getLogger(MachineFaults.class);

    private MachineFaults() {}

    public static RuntimeException ofTask(Throwable cause) {
        if (cause instanceof UserException user) {
            return ThisExecutor.withExecutorName(user);
        } else if (cause instanceof OutOfMemoryError error) {
            return ThisExecutor.withExecutorName(new UserException(ExitCode.UNEXPECTED, exhausted(error)));
        } else if (cause instanceof Error error) {
            LOG.error("a task fails", error);
            return new IllegalStateException("an image could not be prepared: " + error);
        }
        return new IllegalStateException("an image could not be prepared: " + cause, cause);
    }

    private static String exhausted(Error error) {
        return "the memory is used up (" + error.getMessage() + "; the Java heap may have "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB): raise spark.executor.memory (in local mode -Xmx), or lower --decode-threads";
    }
}
