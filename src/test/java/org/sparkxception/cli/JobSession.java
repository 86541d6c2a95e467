package org.sparkxception.cli;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** The Spark session that the command line opens, for tests that run many jobs in it. */
public final class JobSession {
    private JobSession() {}

    public static SparkSession open(String master, Map<String, String> settings) {
        return Sessions.open(Optional.of(master), settings);
    }
}
