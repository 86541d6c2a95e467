package org.sparkxception.lineage;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The run that started this one, such as a task of Airflow. */
record ParentRun(String namespace, String job, UUID id) {
    /** The environment variable with the parent: {@code NAMESPACE/JOB/RUN-ID}. */
    static final String PARENT = "OPENLINEAGE_PARENT_ID";

    /** The environment variable with the outermost parent, such as the run of the DAG. */
    static final String ROOT = "OPENLINEAGE_ROOT_PARENT_ID";

    private static final Logger LOG = LoggerFactory.getLogger(ParentRun.class);

    /** The parent in a variable of the environment; empty, with a warning, if its value is invalid. */
    static Optional<ParentRun> in(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        int id = value.lastIndexOf('/');
        int job = value.lastIndexOf('/', id - 1);
        try {
            return Optional.of(new ParentRun(
                    value.substring(0, job), value.substring(job + 1, id), UUID.fromString(value.substring(id + 1))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.warn("{} is not NAMESPACE/JOB/RUN-ID, and is not used: {}", variable, value);
            return Optional.empty();
        }
    }
}
