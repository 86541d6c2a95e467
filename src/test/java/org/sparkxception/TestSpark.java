package org.sparkxception;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.storage.DirectLocalFileSystem;

/** The Spark session that tests share: two tasks at once in this JVM. */
public final class TestSpark {
    private TestSpark() {}

    public static SparkSession session() {
        SparkSession session = SparkSession.builder()
                .master("local[2]")
                .appName("tests")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "1")
                .config("spark.hadoop.fs.file.impl", DirectLocalFileSystem.class.getName())
                .getOrCreate();
        leaveOutDefaults(session.sparkContext().hadoopConfiguration());
        return session;
    }

    /** Returns a configuration as tasks receive it. */
    public static Broadcast<SerializableConfiguration> broadcast(Configuration configuration) {
        return JavaSparkContext.fromSparkContext(session().sparkContext())
                .broadcast(new SerializableConfiguration(configuration));
    }

    /** Every scan sends all of Hadoop's configuration to its tasks: some 1,800 defaults, most of them of services, which runs never read. */
    private static void leaveOutDefaults(Configuration configuration) {
        List<String> names = new ArrayList<>();
        configuration.forEach(entry -> names.add(entry.getKey()));
        names.stream().filter(name -> !name.startsWith("fs.")).forEach(configuration::unset);
    }
}
