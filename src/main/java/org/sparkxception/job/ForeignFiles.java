package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Rejects outputs with files that the run did not write. They are never deleted. */
final class ForeignFiles {
    private ForeignFiles() {}

    /**
     * Rejects a directory that no run owns unless it is empty.
     *
     * @throws UserException (exit code 5) if it contains anything except the state of a run
     */
    static void refuseAny(Path output, List<FileStatus> entries) {
        if (!entries.stream().allMatch(OutputLayout::isRun)) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    "the output " + output + " has files not written by spark-xception: choose another `output`");
        }
    }

    /**
     * Rejects files that a reader of the output would treat as results although this run did not write them.
     *
     * @param mine whether a chunk number belongs to this run
     * @throws UserException (exit code 5) naming the file
     */
    static void refuseResults(FileSystem storage, List<FileStatus> entries, IntPredicate mine) throws IOException {
        for (FileStatus entry : entries) {
            String name = entry.getPath().getName();
            OptionalInt chunk = OutputLayout.chunkNumber(entry);
            if (name.startsWith("_") || name.startsWith(".") || (chunk.isPresent() && mine.test(chunk.getAsInt()))) {
                continue;
            }
            Optional<Path> results = findResults(storage, entry);
            if (results.isPresent()) {
                throw new UserException(
                        ExitCode.OTHER_RUN,
                        "the output contains " + results.get() + ", which this run did not write but readers of the"
                                + " output would treat as results: move it elsewhere, and run the same command again");
            }
        }
    }

    private static Optional<Path> findResults(FileSystem storage, FileStatus entry) throws IOException {
        if (entry.isFile()) {
            return Optional.of(entry.getPath()).filter(ForeignFiles::isResult);
        }
        RemoteIterator<LocatedFileStatus> all = storage.listFiles(entry.getPath(), true);
        while (all.hasNext()) {
            Path file = all.next().getPath();
            if (isResult(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private static boolean isResult(Path file) {
        return file.getName().endsWith(".parquet");
    }
}
