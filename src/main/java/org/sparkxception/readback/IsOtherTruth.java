package org.sparkxception.readback;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.sql.api.java.UDF1;
import org.sparkxception.model.Labels;

/** Whether a truth is not one of the words for the model's classes. */
final class IsOtherTruth implements UDF1<String, Boolean> {
    private static final long serialVersionUID = 1;

    private final HashSet<String> words;

    /** @param words see {@link Labels#classes} */
    IsOtherTruth(Set<String> words) {
        this.words = new HashSet<>(words);
    }

    @Override
    public Boolean call(String truth) {
        return !words.contains(Labels.compared(truth));
    }
}
