package org.sparkxception.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.result.ResultSchema;

/**
 * The settings that identify a run: two runs with the same identity can share an output.
 *
 * @param scoring settings that affect the scores; their hash is the fingerprint
 * @param planning settings that select the images
 */
record RunIdentity(Map<String, String> scoring, Map<String, String> planning) {
    /** The value of a setting that the version of the other run did not have. */
    private static final String NOT_SET = "";

    static RunIdentity of(JobSettings settings, List<String> qualifiedInputs, String modelFingerprint) {
        ScoringSettings how = settings.scoring();
        Map<String, String> scoring = new LinkedHashMap<>();
        scoring.put("model", modelFingerprint);
        scoring.put("precision", how.precision().toString());
        scoring.put("activation", how.activation().label());
        scoring.put("top-k", String.valueOf(how.topK()));
        scoring.put("all-scores", String.valueOf(how.allScores()));
        scoring.put("embedding", String.valueOf(how.embedding()));
        scoring.put("schema", String.valueOf(ResultSchema.VERSION));
        Map<String, String> planning = new LinkedHashMap<>();
        planning.put("input", String.join(" ", qualifiedInputs));
        planning.putAll(settings.source().identity());
        return new RunIdentity(scoring, planning);
    }

    /** SHA-256 of the scoring settings, in hexadecimal. */
    String fingerprint() {
        return DigestUtils.sha256Hex(scoring.toString());
    }

    /** Whether this run can continue the other one. An update can have other inputs. */
    boolean fits(RunIdentity there, Mode mode) {
        return differences(there, mode).isEmpty();
    }

    /**
     * Rejects the output of another run. An update can have other inputs.
     *
     * @param there identity of the run that the output belongs to
     * @throws UserException (exit code 5) listing all differences, each as "top-k is 5 in the output and 10 in this run"
     */
    void requireSame(RunIdentity there, Mode mode, String output) {
        List<String> differences = differences(there, mode);
        if (!differences.isEmpty()) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    "the output " + output + " belongs to a run with other settings: " + String.join("; ", differences)
                            + ". Use the settings of the output, choose another `output`, or set `mode` to overwrite");
        }
    }

    private List<String> differences(RunIdentity there, Mode mode) {
        Map<String, String> theirs = new LinkedHashMap<>(there.scoring);
        Map<String, String> mine = new LinkedHashMap<>(scoring);
        if (mode != Mode.UPDATE) {
            theirs.putAll(there.planning);
            mine.putAll(planning);
        }
        return mine.keySet().stream()
                .filter(name -> !mine.get(name).equals(theirs.getOrDefault(name, NOT_SET)))
                .map(name -> name + " is " + inWords(theirs.getOrDefault(name, NOT_SET)) + " in the output and "
                        + inWords(mine.get(name)) + " in this run")
                .toList();
    }

    private static String inWords(String value) {
        return value.isEmpty() ? "not set" : value;
    }
}
