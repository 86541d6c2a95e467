package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.storage.Location;
import org.sparkxception.storage.StorageFaults;

/** Keeps an output and its inputs apart: otherwise the next run would list results as images, or replace images with results. */
final class Overlap {
    private Overlap() {}

    /**
     * Rejects an output inside an input and an input inside the output, also through links.
     *
     * @param inputs full URIs
     * @param output a full URI
     * @throws UserException (exit code 2) naming both
     */
    static void refuse(List<String> inputs, Path output, Configuration configuration) {
        Location results =
                locations(output.toString(), ExitCode.USAGE, configuration).get(0);
        for (String input : inputs) {
            for (Location images : locations(input, ExitCode.INPUT, configuration)) {
                if (images.holds(results)) {
                    throw new UserException(
                            ExitCode.USAGE,
                            "the output " + output + " is inside the input " + input
                                    + ", where the next run would list it: choose another `output`");
                }
                if (results.holds(images)) {
                    throw new UserException(
                            ExitCode.USAGE,
                            "the input " + input + " is inside the output " + output
                                    + ", where the job replaces and deletes files: choose another `output`");
                }
            }
        }
    }

    private static List<Location> locations(String uri, ExitCode exitCode, Configuration configuration) {
        try {
            return Location.of(new Path(uri), configuration);
        } catch (IOException e) {
            throw new UserException(exitCode, StorageFaults.explain(uri, e), e);
        }
    }
}
