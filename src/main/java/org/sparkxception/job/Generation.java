package org.sparkxception.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One planning round: the first listing of an output, an update, or a retry.
 *
 * @param number counted from 0
 * @param mode the mode of the run that planned it
 * @param duplicates images that were found again, for example through another input
 * @param hidden names skipped because they are hidden by Hadoop conventions
 * @param excluded files skipped because their names match no glob to include
 * @param parts in the order of their numbers
 */
record Generation(
        int number,
        String mode,
        long duplicates,
        long hidden,
        long excluded,
        @JsonProperty("chunks") List<PlanPart> parts) {}
