package org.sparkxception.job;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.UserException;

/**
 * The files with the results of an output.
 *
 * @param count number of files
 * @param bytes their size
 */
public record ResultFiles(long count, long bytes) {
    /**
     * Lists the files of an output.
     *
     * @throws UserException (exit code 2) if it cannot be reached
     */
    public static ResultFiles of(String output, Configuration configuration) throws IOException {
        return RunDirectory.open(output, configuration).resultFiles();
    }
}
