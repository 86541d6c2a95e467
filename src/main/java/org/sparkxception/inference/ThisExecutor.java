package org.sparkxception.inference;

import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;
import org.sparkxception.UserException;

/** The executor that this JVM is. */
public final class ThisExecutor {
    private static final String DRIVER = "driver";

    private ThisExecutor() {}

    /** Spark's name of it; {@code driver} in local mode. */
    public static String name() {
        return SparkEnv.get().executorId();
    }

    /** The host, as Spark calls it. */
    public static String host() {
        return Utils.localHostName();
    }

    /** A fault with the executor that has it; in local mode there is no other. */
    static UserException withExecutorName(UserException fault) {
        return name().equals(DRIVER)
                ? fault
                : new UserException(
                        fault.exitCode(), "executor " + name() + " on " + host() + ": " + fault.getMessage(), fault);
    }
}
