package org.sparkxception.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * The location of a path, with links and mounts resolved, so that two paths can be compared: whether one contains the other. A path
 * that does not exist can be a glob.
 */
public final class Location {
    /** Several schemes refer to the same bucket. */
    private static final String S3_SCHEMES = "s3[an]?";

    private final String store;
    private final List<String> names;
    private final int literal;

    private Location(String store, List<String> names, int literal) {
        this.store = store;
        this.names = names;
        this.literal = literal;
    }

    /**
     * Returns the locations that a path can refer to: one, or several for a glob with alternatives.
     *
     * @param path a path with a scheme
     */
    public static List<Location> of(Path path, Configuration configuration) throws IOException {
        FileSystem storage = FileSystems.of(path, configuration);
        if (!isGlob(path.toUri().getPath()) || storage.exists(path)) {
            return List.of(of(path, List.of(), configuration));
        }
        List<Location> all = new ArrayList<>();
        for (String alternative : GlobExpander.expand(path.toUri().getPath())) {
            Path fixed = new Path(storage.getUri().getScheme(), path.toUri().getAuthority(), alternative);
            Deque<String> patterns = new ArrayDeque<>();
            while (isGlob(fixed.toUri().getPath())) {
                patterns.addFirst(fixed.getName());
                fixed = fixed.getParent();
            }
            all.add(of(fixed, List.copyOf(patterns), configuration));
        }
        return all;
    }

    private static Location of(Path fixed, List<String> patterns, Configuration configuration) throws IOException {
        Path resolved = resolve(FileSystems.of(fixed, configuration), fixed);
        List<String> names = new ArrayList<>(namesOf(resolved));
        int literal = names.size();
        names.addAll(patterns);
        return new Location(store(resolved, configuration), List.copyOf(names), literal);
    }

    private static boolean isGlob(String path) {
        return path.chars().anyMatch(character -> "*?[{\\".indexOf(character) >= 0);
    }

    private static List<String> namesOf(Path path) {
        return Arrays.stream(path.toUri().getPath().split("/"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** A NameNode has one service name, however its address is written. */
    private static String store(Path path, Configuration configuration) throws IOException {
        String service = FileSystems.of(path, configuration).getCanonicalServiceName();
        if (service != null) {
            return service;
        }
        String scheme = path.toUri().getScheme();
        return (scheme.matches(S3_SCHEMES) ? "s3" : scheme) + "://"
                + Optional.ofNullable(path.toUri().getAuthority()).orElse("");
    }

    /** The path with all links resolved. The last parts of the path need not exist. */
    private static Path resolve(FileSystem storage, Path path) throws IOException {
        Deque<String> missing = new ArrayDeque<>();
        Path there = path;
        Optional<Path> real = real(storage, there);
        while (real.isEmpty() && there.getParent() != null) {
            missing.addFirst(there.getName());
            there = there.getParent();
            real = real(storage, there);
        }
        Path resolved = real.orElse(there);
        for (String name : missing) {
            resolved = new Path(resolved, new Path(null, null, name));
        }
        return resolved;
    }

    /** Local disks have links, and viewfs has mounts. Links are disabled in HDFS, and object stores have none. */
    private static Optional<Path> real(FileSystem storage, Path path) throws IOException {
        try {
            return switch (storage.getUri().getScheme()) {
                case "file" ->
                    Optional.of(new Path(
                            "file",
                            null,
                            java.nio.file.Path.of(path.toUri().getPath())
                                    .toRealPath()
                                    .toString()));
                case "viewfs" -> Optional.of(storage.resolvePath(path));
                default -> Optional.of(path);
            };
        } catch (NoSuchFileException | FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Whether the other location is equal to this one, or under it. */
    public boolean holds(Location other) {
        return names.size() <= other.names.size() && meets(other);
    }

    private boolean meets(Location other) {
        if (!store.equals(other.store)) {
            return false;
        }
        for (int i = 0; i < Math.min(names.size(), other.names.size()); i++) {
            if (!matches(i, other) && !other.matches(i, this)) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(int i, Location other) {
        String name = names.get(i);
        return name.equals(other.names.get(i)) || (i >= literal && matches(name, other.names.get(i)));
    }

    /** A name with glob characters need not be a valid glob: then it does not match. */
    private static boolean matches(String glob, String name) {
        try {
            return new GlobFilter(glob).accept(new Path(null, null, "/" + name));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
