package org.sparkxception.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.result.ResultSchema;

/**
 * What makes two runs the same: their results could lie in one output.
 *
 * @param scoring what the scores depend on; its hash is the fingerprint
 * @param planning which images the run is about
 */
record RunIdentity(Map<String, String> scoring, Map<String, String> planning) {
    private static final String PRECISION = "fp32";

    static RunIdentity of(JobSettings settings, List<String> qualifiedInputs, String modelFingerprint) {
        ScoringSettings how = settings.scoring();
        Map<String, String> scoring = new LinkedHashMap<>();
        scoring.put("model", modelFingerprint);
        scoring.put("precision", PRECISION);
        scoring.put("activation", how.activation().label());
        scoring.put("top-k", String.valueOf(how.topK()));
        scoring.put("all-scores", String.valueOf(how.allScores()));
        scoring.put("schema", String.valueOf(ResultSchema.VERSION));
        Map<String, String> planning = new LinkedHashMap<>();
        planning.put("input", String.join(" ", qualifiedInputs));
        planning.put("include", String.join(" ", settings.include()));
        planning.put("truth", settings.truthOfParent() ? "parent-directory" : "none");
        return new RunIdentity(scoring, planning);
    }

    /** SHA-256 of what the scores depend on, in hexadecimal. */
    String fingerprint() {
        return DigestUtils.sha256Hex(scoring.toString());
    }

    /** What differs, each as "top-k is 5 there and 10 here". */
    List<String> differences(RunIdentity here) {
        Map<String, String> there = new LinkedHashMap<>(scoring);
        there.putAll(planning);
        Map<String, String> mine = new LinkedHashMap<>(here.scoring);
        mine.putAll(here.planning);
        return mine.keySet().stream()
                .filter(name -> !mine.get(name).equals(there.get(name)))
                .map(name -> name + " is " + there.get(name) + " there and " + mine.get(name) + " here")
                .toList();
    }
}
