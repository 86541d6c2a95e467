package org.sparkxception.source.table;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.fetch.FileFaultException;
import org.sparkxception.source.fetch.LocalListing;
import org.sparkxception.source.fetch.LocalNames;

/**
 * Checks local tables before Spark reads them. Spark omits broken symbolic links and files whose name is not UTF-8, waits forever
 * for files that are not regular, and follows a link to a parent directory endlessly.
 */
final class LocalTables extends SimpleFileVisitor<java.nio.file.Path> {
    private final java.nio.file.Path table;

    private LocalTables(java.nio.file.Path table) {
        this.table = table;
    }

    /**
     * Checks the tables that are local.
     *
     * @param globs whether the tables are globs
     * @throws UserException (exit code 3) if Spark cannot read a file of a table; the message names the file and the fix
     */
    static void check(List<String> tables, boolean globs, Configuration configuration) throws IOException {
        for (String table : tables) {
            Path path = new Path(table);
            FileSystem storage = LocalListing.of(path, configuration);
            if (!(storage instanceof LocalListing)) {
                continue;
            }
            FileStatus[] found = globs ? storage.globStatus(path) : new FileStatus[] {storage.getFileStatus(path)};
            for (FileStatus entry : found == null ? new FileStatus[0] : found) {
                java.nio.file.Path local =
                        LocalNames.file(entry.getPath().toUri().getPath());
                Files.walkFileTree(
                        local, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new LocalTables(local));
            }
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(java.nio.file.Path directory, BasicFileAttributes attributes)
            throws IOException {
        if (isHidden(directory)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        requireName(directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(java.nio.file.Path file, BasicFileAttributes attributes) throws IOException {
        if (!isHidden(file)) {
            requireName(file);
            if (!attributes.isRegularFile()) {
                requireRegular(file);
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(java.nio.file.Path file, IOException fault) throws IOException {
        if (isHidden(file)) {
            return FileVisitResult.CONTINUE;
        }
        if (fault instanceof FileSystemLoopException) {
            throw refused(file, "it is a symbolic link to one of its parent directories");
        }
        requireRegular(file);
        throw fault;
    }

    /** Whether Spark ignores the file because of its name. */
    private boolean isHidden(java.nio.file.Path file) {
        String name = file.getFileName().toString();
        return !file.equals(table) && (name.startsWith(".") || (name.startsWith("_") && !name.contains("=")));
    }

    private static void requireName(java.nio.file.Path file) throws IOException {
        if (!LocalNames.text(file).equals(file.getFileName().toString())) {
            throw refused(file, "its name is not valid UTF-8");
        }
    }

    private static void requireRegular(java.nio.file.Path file) throws IOException {
        try {
            LocalListing.requireRegular(file);
        } catch (FileFaultException e) {
            throw refused(file, e.getMessage());
        }
    }

    private static UserException refused(java.nio.file.Path file, String why) {
        return new UserException(
                ExitCode.INPUT,
                "Spark cannot read " + file + ", which is in the table: " + why
                        + ". Fix it, or move it out of the table");
    }
}
