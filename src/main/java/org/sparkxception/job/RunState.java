package org.sparkxception.job;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;
import java.util.Optional;

/**
 * The run that an output belongs to: the content of {@code _run/run.json}.
 *
 * @param id the directory of the run's own files under {@code _run}; null in outputs of earlier versions, which have no such directory
 * @param clearing whether files of an earlier run are still to be deleted
 * @param scoring as in {@link RunIdentity}
 * @param planning as in {@link RunIdentity}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RunState(String id, boolean clearing, Map<String, String> scoring, Map<String, String> planning) {
    static RunState of(String id, boolean clearing, RunIdentity identity) {
        return new RunState(id, clearing, identity.scoring(), identity.planning());
    }

    RunIdentity identity() {
        return new RunIdentity(scoring, planning);
    }

    Optional<String> directory() {
        return Optional.ofNullable(id);
    }
}
