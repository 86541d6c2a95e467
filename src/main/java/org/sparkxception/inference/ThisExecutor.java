package org.sparkxception.inference;

import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;
import org.sparkxception.UserException;

/** The executor that runs in this JVM. */
public final class ThisExecutor {
    private static final String DRIVER = "driver";

    private ThisExecutor() {}

    /** The executor id in Spark; {@code driver} in local mode. */
    public static String name() {
        return SparkEnv.get().executorId();
    }

    /** The host name in Spark. */
    public static String host() {
        return Utils.localHostName();
    }

    /** Prefixes the message with the executor, except in local mode, where there is only one. */
    static UserException withExecutorName(UserException fault) {
        return name().equals(DRIVER)
                ? fault
                : new UserException(
                        fault.exitCode(), "executor " + name() + " on " + host() + ": " + fault.getMessage(), fault);
    }
}
