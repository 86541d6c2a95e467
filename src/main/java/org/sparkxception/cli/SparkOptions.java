package org.sparkxception.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that specify the Spark session. */
@Command(optionListHeading = "Spark:")
final class SparkOptions {
    static final String SPARK_CONF = "--spark-conf";

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark master. Default: the master of spark-submit, or all cores of this machine.")
    private String master;

    @Option(
            names = SPARK_CONF,
            paramLabel = "KEY=VALUE",
            description = "Spark setting. Repeatable. With spark-submit, its own --conf takes precedence.")
    private Map<String, String> settings = new LinkedHashMap<>();

    SparkSession open() {
        return Sessions.open(Optional.ofNullable(master), settings);
    }
}
