package org.sparkxception.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;

/**
 * The exit code of a driver that runs somewhere in a cluster, from where spark-submit does not bring it: a small file in the output,
 * written by the driver, and read and deleted by who submitted it.
 */
final class ExitCodeFile {
    /** The Spark setting with the name that the submitting side gave to the run. */
    static final String SETTING = "spark.xception.submission";

    private final FileSystem storage;
    private final Path run;
    private final Path file;

    private ExitCodeFile(FileSystem storage, Path output, String submission) {
        this.storage = storage;
        this.run = new Path(output, "_run");
        this.file = new Path(run, "exit-" + submission);
    }

    /** The note of a submission in an output, whether it is there or not. */
    static ExitCodeFile of(String output, String submission) throws IOException {
        Configuration configuration = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        Path path = FileSystems.path(output);
        return new ExitCodeFile(FileSystems.of(path, configuration), path, submission);
    }

    void write(int exitCode) throws IOException {
        FileChanges.write(storage, file, String.valueOf(exitCode).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads the note, and deletes it; a folder that is no run's is left as it was. */
    OptionalInt take() throws IOException {
        int exitCode;
        try (InputStream stream = storage.open(file)) {
            exitCode = Integer.parseInt(new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (FileNotFoundException e) {
            return OptionalInt.empty();
        }
        FileChanges.delete(storage, file);
        if (storage.listStatus(run).length == 0) {
            // Not with what is in it: another run may begin there now, and then it stays.
            storage.delete(run, false);
        }
        return OptionalInt.of(exitCode);
    }
}
