package org.sparkxception.inference;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * Exceptions of tasks that fail for a reason other than an image. They never have an {@link Error} as a cause, because Spark would end
 * the JVM for it, with all other tasks.
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
            LOG.error("task failed", error);
            return new IllegalStateException("an image could not be prepared: " + error);
        }
        return new IllegalStateException("an image could not be prepared: " + cause, cause);
    }

    private static String exhausted(Error error) {
        return "out of memory (" + error.getMessage() + "; the limit of the Java heap is "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB): raise spark.executor.memory (-Xmx in local mode), or lower `decode-threads`";
    }
}
