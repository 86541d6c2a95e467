package org.sparkxception.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * One planning round: the first listing of an output, an update, or a retry.
 *
 * @param number counted from 0
 * @param mode the mode of the run that planned it
 * @param duplicates images that were found again, for example through another input
 * @param hidden names skipped because they are hidden by Hadoop conventions
 * @param excluded files skipped because their names match no glob to include
 * @param parts in the order of their numbers
 * @param kept the columns of the dataset that go to the results, as Spark writes a schema in JSON; null if there are none
 */
record Generation(
        int number,
        String mode,
        long duplicates,
        long hidden,
        long excluded,
        @JsonProperty("chunks") List<PlanPart> parts,
        @JsonInclude(Include.NON_NULL) String kept) {
    static Generation of(
            int number, Mode mode, long duplicates, long hidden, long excluded, List<PlanPart> parts, StructType kept) {
        return new Generation(
                number, mode.label(), duplicates, hidden, excluded, parts, kept.isEmpty() ? null : kept.json());
    }

    /** The columns of the dataset that go to the results. */
    @JsonIgnore
    StructType keptColumns() {
        return kept == null ? new StructType() : (StructType) DataType.fromJson(kept);
    }
}
