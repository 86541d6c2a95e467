package org.sparkxception.lineage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * What all events of a run state: which job it is a run of, what it reads and writes, and which run started it.
 *
 * @param namespace of the job: that of the parent, else {@code OPENLINEAGE_NAMESPACE}, else {@code default}
 * @param job name of the Spark application
 */
record RunOfJob(
        String namespace,
        String job,
        String sparkVersion,
        List<DatasetName> inputs,
        DatasetName output,
        Optional<ParentRun> parent,
        Optional<ParentRun> root) {
    private static final String NAMESPACE = "OPENLINEAGE_NAMESPACE";

    static RunOfJob of(SparkSession spark, List<String> inputs, String output, Map<String, String> environment) {
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        Optional<ParentRun> parent = ParentRun.in(environment, ParentRun.PARENT);
        return new RunOfJob(
                parent.map(ParentRun::namespace).orElseGet(() -> environment.getOrDefault(NAMESPACE, "default")),
                spark.sparkContext().appName(),
                spark.version(),
                inputs.stream()
                        .map(input -> DatasetName.of(input, configuration))
                        .distinct()
                        .toList(),
                DatasetName.of(output, configuration),
                parent,
                ParentRun.in(environment, ParentRun.ROOT));
    }
}
