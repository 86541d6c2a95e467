package org.sparkxception.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;

/** Lists one directory, on an executor. */
final class ListDirectory implements Function<String, DirectoryListing> {
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
    public DirectoryListing call(String directory) {
        DirectoryListing listing = new DirectoryListing();
        FileNames names = new FileNames(globs);
        try {
            Path path = new Path(directory);
            FileSystem storage = path.getFileSystem(configuration.value());
            RemoteIterator<FileStatus> entries = storage.listStatusIterator(path);
            while (entries.hasNext()) {
                add(listing, entries.next(), names);
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            listing.fail(directory + " cannot be listed: " + e.getMessage());
        }
        return listing;
    }

    private void add(DirectoryListing listing, FileStatus entry, FileNames names) {
        String name = entry.getPath().getName();
        if (names.hides(name)) {
            listing.countHidden();
        } else if (entry.isDirectory()) {
            listing.addDirectory(entry.getPath().toString());
        } else if (names.include(name)) {
            listing.addImage(image(entry, truthOfParent));
        } else {
            listing.countExcluded();
        }
    }

    static ImageRef image(FileStatus file, boolean truthOfParent) {
        Optional<String> truth =
                truthOfParent ? Optional.ofNullable(file.getPath().getParent()).map(Path::getName) : Optional.empty();
        return new ImageRef(
                file.getPath().toString(), file.getLen(), Instant.ofEpochMilli(file.getModificationTime()), truth);
    }
}
