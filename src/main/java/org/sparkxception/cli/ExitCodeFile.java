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
import org.sparkxception.job.OutputLayout;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;

/**
 * The exit code of a driver that runs in a cluster, where spark-submit does not return it: a small file in the output, written by the
 * driver, and read and deleted by the submitting process.
 */
final class ExitCodeFile {
    /** The Spark setting with the name of the submission, set by the submitting process. */
    static final String SETTING = "spark.xception.submission";

    private final FileSystem storage;
    private final Path file;

    private ExitCodeFile(FileSystem storage, Path output, String submission) {
        this.storage = storage;
        this.file = OutputLayout.exitCode(output, submission);
    }

    /** The file of a submission in an output; it does not have to exist. */
    static ExitCodeFile of(String output, String submission) throws IOException {
        Configuration configuration = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        Path path = FileSystems.path(output);
        return new ExitCodeFile(FileSystems.of(path, configuration), path, submission);
    }

    void write(int exitCode) throws IOException {
        FileChanges.write(storage, file, String.valueOf(exitCode).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads the file and deletes it, and its folder if that is empty then. Returns nothing if the file does not exist. */
    OptionalInt take() throws IOException {
        int exitCode;
        try (InputStream stream = storage.open(file)) {
            exitCode = Integer.parseInt(new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (FileNotFoundException e) {
            return OptionalInt.empty();
        }
        FileChanges.delete(storage, file);
        Path folder = file.getParent();
        if (storage.listStatus(folder).length == 0) {
            // Not recursively: if another run starts there now, the folder stays.
            storage.delete(folder, false);
        }
        return OptionalInt.of(exitCode);
    }
}
