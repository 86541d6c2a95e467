package org.sparkxception.source.files;

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
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.RemoteIterators;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.fetch.LocalListing;
import org.sparkxception.source.files.ListingEntry.Kind;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.S3Keys;
import org.sparkxception.storage.S3Objects;
import org.sparkxception.storage.StorageEntry;
import org.sparkxception.storage.StorageFaults;

/** Lists one directory, on an executor. Entries are streamed, since a directory can have millions. */
public final class ListDirectory implements FlatMapFunction<Directory, ListingEntry> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ListDirectory.class);

    private final SerializableConfiguration configuration;
    private final ArrayList<String> globs;
    private final boolean truthOfParent;

    ListDirectory(SerializableConfiguration configuration, List<String> globs, boolean truthOfParent) {
        this.configuration = configuration;
        this.globs = new ArrayList<>(globs);
        this.truthOfParent = truthOfParent;
    }

    @Override
    public Iterator<ListingEntry> call(Directory directory) {
        try {
            return new Entries(directory, entries(directory.path()));
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            return IteratorUtils.singletonIterator(fault(directory.path(), e));
        }
    }

    private RemoteIterator<StorageEntry> entries(String directory) throws IOException {
        Path path = new Path(directory);
        FileSystem storage = LocalListing.of(path, configuration.value());
        return FileSystems.isS3A(storage) && S3Objects.haveKeys(storage)
                ? S3Keys.list(storage, directory)
                : RemoteIterators.mappingRemoteIterator(storage.listStatusIterator(path), StorageEntry::of);
    }

    private static ListingEntry fault(String directory, Exception e) {
        return ListingEntry.of(Kind.FAULT, "the input cannot be listed: " + StorageFaults.explain(directory, e));
    }

    private final class Entries implements Iterator<ListingEntry> {
        private final Directory directory;
        private final RemoteIterator<StorageEntry> entries;
        private final FileNames names = new FileNames(globs);
        private Optional<ListingEntry> fault = Optional.empty();
        private boolean over;

        Entries(Directory directory, RemoteIterator<StorageEntry> entries) {
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
        public ListingEntry next() {
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

    private ListingEntry found(Directory parent, StorageEntry entry, FileNames names) throws IOException {
        String name = entry.name();
        if (names.hides(name)) {
            return ListingEntry.of(Kind.HIDDEN, entry.uri());
        }
        if (!liesIn(parent, entry)) {
            LOG.warn(
                    "{} is skipped and counted as hidden: its key in the storage is not a valid Hadoop path",
                    entry.uri());
            return ListingEntry.of(Kind.HIDDEN, entry.uri());
        }
        if (entry.status().isDirectory()) {
            return ListingEntry.directory(directory(parent, entry));
        }
        return names.include(name)
                ? ListingEntry.image(image(entry.uri(), entry.status(), truthOfParent))
                : ListingEntry.of(Kind.EXCLUDED, entry.uri());
    }

    /**
     * Whether an entry is really in its parent directory. Hadoop normalizes object-store keys with parts such as {@code ..} to
     * another path, which would be listed forever. Entries listed by key are not affected.
     */
    private static boolean liesIn(Directory parent, StorageEntry entry) {
        Path directory = entry.status().getPath().getParent();
        return !entry.isPath()
                || (directory != null
                        && directory
                                .toUri()
                                .getPath()
                                .equals(new Path(parent.path()).toUri().getPath()));
    }

    private static Directory directory(Directory parent, StorageEntry entry) throws IOException {
        return entry.status() instanceof LocalListing.LinkedDirectory link
                ? new Directory(entry.uri(), LocalListing.real(link.getPath()), true)
                : parent.child(entry.uri(), entry.name());
    }

    /** A file as an image reference. */
    public static ImageRef image(FileStatus file, boolean truthOfParent) {
        return image(file.getPath().toString(), file, truthOfParent);
    }

    /** The same for a file whose URI differs from its Hadoop path. */
    static ImageRef image(String uri, FileStatus file, boolean truthOfParent) {
        Optional<String> truth = truth(file.getPath(), truthOfParent);
        Optional<String> version =
                file instanceof EtagSource tagged ? Optional.ofNullable(tagged.getEtag()) : Optional.empty();
        return ImageRef.file(uri, file.getLen(), Instant.ofEpochMilli(file.getModificationTime()))
                .withTruth(truth)
                .withVersion(version);
    }

    /** The ground-truth class by the name of the parent directory; empty unless {@code truthOfParent}. */
    public static Optional<String> truth(Path file, boolean truthOfParent) {
        return truthOfParent ? Optional.ofNullable(file.getParent()).map(Path::getName) : Optional.empty();
    }
}
