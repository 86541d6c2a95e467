package org.sparkxception.job;

import java.util.Map;
import java.util.TreeMap;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Every run checks the guarantee of the job: the results have one row per image, and no other rows. */
final class RowCheck {
    private RowCheck() {}

    /**
     * Checks the results.
     *
     * @param rows number of rows of each chunk that was found
     * @throws UserException (exit code 1) if a chunk does not have one row per image
     */
    static void require(Plan plan, Map<Integer, Long> rows, String output) {
        Map<Integer, Long> unexpected = new TreeMap<>(rows);
        for (Chunk chunk : plan.chunks()) {
            Long found = unexpected.remove(chunk.number());
            if (found == null || found != chunk.rows()) {
                throw wrongRows(chunk.number(), output, found == null ? 0 : found, chunk.rows());
            }
        }
        unexpected.forEach((chunk, found) -> {
            throw wrongRows(chunk, output, found, 0);
        });
    }

    private static UserException wrongRows(int chunk, String output, long found, long planned) {
        return new UserException(
                ExitCode.UNEXPECTED,
                "chunk %d of %s has %d rows instead of %d: delete directory %s and file %s there, and run the same command again"
                        .formatted(chunk, output, found, planned, OutputLayout.chunkName(chunk), OutputLayout.SUCCESS));
    }
}
