package org.sparkxception;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The folder where native libraries are unpacked, once for all JVMs of a user on a host.
 *
 * <p>It is the system property {@value #PROPERTY}, or {@code $XDG_CACHE_HOME/spark-xception}, or {@code ~/.cache/spark-xception};
 * where these can't be written, a folder of the user's own among the temporary files, or a new one.
 */
public final class NativeCache {
    public static final String PROPERTY = "org.sparkxception.native-cache";

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Path DIRECTORY = choose();

    private NativeCache() {}

    public static Path directory() {
        return DIRECTORY;
    }

    /** Runs an action that unpacks libraries, while no other thread or JVM does: DJL and JavaCPP don't guard against each other. */
    public static synchronized <T> T locked(Supplier<T> action) {
        try (FileChannel file = FileChannel.open(
                        DIRECTORY.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (!lock.isValid()) {
                throw new IllegalStateException("the lock " + lock + " was lost at once");
            }
            return action.get();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder for native libraries cannot be locked: " + DIRECTORY, e);
        }
    }

    private static Path choose() {
        Optional<String> told = Optional.ofNullable(System.getProperty(PROPERTY));
        if (told.isPresent()) {
            return usable(Path.of(told.get()))
                    .orElseThrow(() -> new UserException(
                            ExitCode.USAGE,
                            "the folder " + told.get() + " cannot be written: set " + PROPERTY + " to one that can"));
        }
        // A user without an entry in the list of users, as in many containers, has the home "?".
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .or(() -> Optional.of(Path.of(System.getProperty("user.home"), ".cache")))
                .filter(Path::isAbsolute)
                .flatMap(folder -> usable(folder.resolve("spark-xception")))
                .or(NativeCache::ownTemporary)
                .orElseGet(NativeCache::newTemporary);
    }

    /** One folder for all JVMs; nothing, if somebody else made it: what lies in it is run. */
    private static Optional<Path> ownTemporary() {
        String user = System.getProperty("user.name");
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "spark-xception-" + user);
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(folder, PRIVATE);
            }
            boolean own = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
                            .getName()
                            .equals(user);
            return own ? Optional.of(folder.toAbsolutePath()) : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Path newTemporary() {
        try {
            return Files.createTempDirectory("spark-xception");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be written for native libraries", e);
        }
    }

    private static Optional<Path> usable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder) ? Optional.of(folder.toAbsolutePath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
