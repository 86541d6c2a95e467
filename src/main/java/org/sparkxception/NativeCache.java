package org.sparkxception;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The folder where native libraries are unpacked, once for all JVMs of a user on a host.
 *
 * <p>It is the system property {@value #PROPERTY}, or {@code $XDG_CACHE_HOME/spark-xception}, or {@code ~/.cache/spark-xception},
 * or a new temporary folder where none of these can be written.
 */
public final class NativeCache {
    public static final String PROPERTY = "org.sparkxception.native-cache";

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
        Optional<Path> cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .or(() -> Optional.of(Path.of(System.getProperty("user.home"), ".cache")));
        return cache.flatMap(folder -> usable(folder.resolve("spark-xception"))).orElseGet(() -> {
            try {
                return Files.createTempDirectory("spark-xception");
            } catch (IOException e) {
                throw new UncheckedIOException("no folder can be written for native libraries", e);
            }
        });
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
