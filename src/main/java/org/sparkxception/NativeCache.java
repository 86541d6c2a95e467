package org.sparkxception;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder where native libraries are unpacked, shared by all JVMs of a user on a host. Its contents are executed, so a folder
 * that another user owns or can write to is not used.
 *
 * <p>It is the system property {@value #PROPERTY}, or {@code $XDG_CACHE_HOME/spark-xception}, or {@code ~/.cache/spark-xception};
 * if these are unusable, a private folder in the directory for temporary files.
 */
public final class NativeCache {
    public static final String PROPERTY = "org.sparkxception.native-cache";

    private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private static Optional<Path> chosen = Optional.empty();

    private NativeCache() {}

    /**
     * Returns the folder, which is chosen at the first call.
     *
     * @throws UserException if no folder is usable
     */
    public static synchronized Path directory() {
        Path directory = chosen.orElseGet(NativeCache::choose);
        chosen = Optional.of(directory);
        return directory;
    }

    /**
     * Loads a library while no other thread or JVM unpacks one: DJL and JavaCPP do not synchronize with each other.
     *
     * @param library the name for error messages
     * @throws UserException (exit code 6) with the message of the loader
     */
    public static synchronized <T> T load(String library, Supplier<T> loading) {
        Path directory = directory();
        try (FileChannel file = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (!lock.isValid()) {
                throw new IllegalStateException("the lock " + lock + " is not valid");
            }
            return loading.get();
        } catch (IOException | RuntimeException | LinkageError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new UserException(
                    ExitCode.MODEL,
                    library + " cannot be loaded: "
                            + Optional.ofNullable(root.getMessage()).orElse(root.toString())
                            + ". Native libraries are unpacked in " + directory
                            + ": free space there if it is full, delete its contents if they are damaged, or set another"
                            + " folder with -D" + PROPERTY,
                    e);
        }
    }

    private static Path choose() {
        Optional<String> told = Optional.ofNullable(System.getProperty(PROPERTY));
        if (told.isPresent()) {
            Path folder = Path.of(told.get()).toAbsolutePath();
            refusal(folder).ifPresent(why -> {
                throw new UserException(
                        ExitCode.USAGE,
                        "native libraries are not loaded from " + folder + ", which " + why + ": set " + PROPERTY
                                + " to a private folder of this user");
            });
            return folder;
        }
        // A user without an entry in /etc/passwd, as in many containers, has the home directory "?".
        Optional<Path> home = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .or(() -> Optional.of(Path.of(System.getProperty("user.home"), ".cache")))
                .filter(Path::isAbsolute)
                .map(folder -> folder.resolve("spark-xception"));
        Optional<String> refusal = home.flatMap(NativeCache::refusal);
        if (home.isPresent() && refusal.isEmpty()) {
            return home.get();
        }
        Path temporary = temporary();
        refusal.ifPresent(why ->
                LOG.info("native libraries are unpacked in {} instead of {}, which {}", temporary, home.get(), why));
        return temporary;
    }

    /** A folder that is the same for all JVMs of this user, even if another user has taken its default name. */
    private static Path temporary() {
        String name = "spark-xception-natives-" + Self.UID;
        Path parent = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, name + "-*")) {
            others.forEach(folders::add);
            Collections.sort(folders);
            folders.add(0, parent.resolve(name));
            for (Path folder : folders) {
                if (!Files.isSymbolicLink(folder) && refusal(folder).isEmpty()) {
                    return folder;
                }
            }
            return Files.createTempDirectory(parent, name + "-");
        } catch (IOException | DirectoryIteratorException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    "no folder for native libraries is writable, not even in " + parent + ": set one with -D"
                            + PROPERTY,
                    e);
        }
    }

    /** Why libraries must not be loaded from a folder; creates the folder if it does not exist. */
    private static Optional<String> refusal(Path folder) {
        try {
            if (!Files.exists(folder)) {
                create(folder);
            }
            if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
                return Optional.of("cannot be written");
            }
            if (hasFilesOfOthers(folder.toRealPath())) {
                return Optional.of("belongs to another user or contains files of another user");
            }
            return Collections.disjoint(Files.getPosixFilePermissions(folder), WRITABLE_BY_OTHERS)
                    ? Optional.empty()
                    : Optional.of("other users can write to");
        } catch (IOException e) {
            return Optional.of("cannot be written");
        }
    }

    private static void create(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        try {
            Files.createDirectory(folder, PRIVATE);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("another process has just created {}", folder, e);
        }
    }

    /** Checks the folder and its contents: files that another user put there before it became private are not trusted. */
    private static boolean hasFilesOfOthers(Path folder) throws IOException {
        List<Path> foreign = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                return visitFile(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Self.UID)) {
                    foreign.add(file);
                    return FileVisitResult.TERMINATE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // Another process has just unpacked and renamed it.
                }
                throw e;
            }
        });
        return !foreign.isEmpty();
    }

    /** The user of this process, which may have no name. */
    private static final class Self {
        static final int UID = (int) new UnixSystem().getUid();
    }
}
