package org.sparkxception.source;

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

/**
 * Looks through local tables before Spark reads them. Spark leaves out files whose link leads nowhere or whose name is not UTF-8,
 * waits for ever for what is not a regular file, and follows a link to a directory above it again and again.
 */
final class LocalTables extends SimpleFileVisitor<java.nio.file.Path> {
    private final java.nio.file.Path table;

    private LocalTables(java.nio.file.Path table) {
        this.table = table;
    }

    /**
     * Checks those of the tables that are local.
     *
     * @param globs whether the tables are patterns
     * @throws UserException (exit code 3) that names the file which Spark would not read, and says what to do
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
            throw refused(file, "it is a symbolic link to a directory that holds it");
        }
        requireRegular(file);
        throw fault;
    }

    /** Whether Spark passes over a name, as it does over those of other programs' notes. */
    private boolean isHidden(java.nio.file.Path file) {
        String name = file.getFileName().toString();
        return !file.equals(table) && (name.startsWith(".") || (name.startsWith("_") && !name.contains("=")));
    }

    private static void requireName(java.nio.file.Path file) throws IOException {
        if (!LocalNames.text(file).equals(file.getFileName().toString())) {
            throw refused(file, "its name is not UTF-8");
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
                "Spark would not read " + file + ", which lies in the table: " + why
                        + ". Fix it, or move it elsewhere");
    }
}
