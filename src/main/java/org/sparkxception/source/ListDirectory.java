package org.sparkxception.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.Found.Kind;
import org.sparkxception.storage.StorageFaults;

/** Lists one directory, on an executor, entry by entry: a directory may hold millions. */
final class ListDirectory implements FlatMapFunction<Directory, Found> {
    private static final long serialVersionUID = 1;

    private final SerializableConfiguration configuration;
    private final ArrayList<String> globs;
    private final boolean truthOfParent;

    ListDirectory(SerializableConfiguration configuration, List<String> globs, boolean truthOfParent) {
        this.configuration = configuration;
        this.globs = new ArrayList<>(globs);
        this.truthOfParent = truthOfParent;
    }

    @Override
    public Iterator<Found> call(Directory directory) {
        try {
            Path path = new Path(directory.path());
            return new Entries(
                    directory, LocalListing.of(path, configuration.value()).listStatusIterator(path));
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            return IteratorUtils.singletonIterator(fault(directory.path(), e));
        }
    }

    private static Found fault(String directory, Exception e) {
        return Found.of(Kind.FAULT, "the input cannot be listed: " + StorageFaults.explain(directory, e));
    }

    private final class Entries implements Iterator<Found> {
        private final Directory directory;
        private final RemoteIterator<FileStatus> entries;
        private final FileNames names = new FileNames(globs);
        private Optional<Found> fault = Optional.empty();
        private boolean over;

        Entries(Directory directory, RemoteIterator<FileStatus> entries) {
            this.directory = directory;
            this.entries = entries;
        }

        @Override
        public boolean hasNext() {
            if (over || fault.isPresent()) {
                return !over;
            }
            try {
                return entries.hasNext();
            } catch (IOException | UncheckedIOException e) {
                fault = Optional.of(ListDirectory.fault(directory.path(), e));
                return true;
            }
        }

        @Override
        public Found next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (fault.isEmpty()) {
                try {
                    return found(directory, entries.next(), names);
                } catch (IOException | UncheckedIOException e) {
                    fault = Optional.of(ListDirectory.fault(directory.path(), e));
                }
            }
            over = true;
            return fault.orElseThrow();
        }
    }

    private Found found(Directory parent, FileStatus entry, FileNames names) throws IOException {
        String path = entry.getPath().toString();
        String name = entry.getPath().getName();
        if (names.hides(name) || !liesIn(parent, entry.getPath())) {
            return Found.of(Kind.HIDDEN, path);
        }
        if (entry.isDirectory()) {
            return Found.directory(directory(parent, entry));
        }
        return names.include(name) ? Found.image(image(entry, truthOfParent)) : Found.of(Kind.EXCLUDED, path);
    }

    /** Hadoop makes another path of a key of S3 that has names such as {@code ..}: it would be listed for ever. */
    private static boolean liesIn(Directory parent, Path entry) {
        return entry.getParent() != null
                && entry.getParent()
                        .toUri()
                        .getPath()
                        .equals(new Path(parent.path()).toUri().getPath());
    }

    private static Directory directory(Directory parent, FileStatus entry) throws IOException {
        Path path = entry.getPath();
        return entry instanceof LocalListing.LinkedDirectory
                ? new Directory(path.toString(), LocalListing.real(path), true)
                : parent.child(path.toString(), path.getName());
    }

    /** The image that a file is. */
    static ImageRef image(FileStatus file, boolean truthOfParent) {
        Optional<String> truth = truth(file.getPath(), truthOfParent);
        Optional<String> version =
                file instanceof EtagSource tagged ? Optional.ofNullable(tagged.getEtag()) : Optional.empty();
        return ImageRef.file(file.getPath().toString(), file.getLen(), Instant.ofEpochMilli(file.getModificationTime()))
                .withTruth(truth)
                .withVersion(version);
    }

    /** The class that the directory of a file says, if it is to say one. */
    static Optional<String> truth(Path file, boolean truthOfParent) {
        return truthOfParent ? Optional.ofNullable(file.getParent()).map(Path::getName) : Optional.empty();
    }
}
