package org.sparkxception.source.manifest;

import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.files.ListDirectory;
import org.sparkxception.storage.FileSystems;

/** Looks up, on an executor, the file of a manifest entry. Emits its image once per occurrence in the manifests. */
final class StatManifestEntry implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    private final SerializableConfiguration configuration;
    private final boolean truthOfParent;

    StatManifestEntry(SerializableConfiguration configuration, boolean truthOfParent) {
        this.configuration = configuration;
        this.truthOfParent = truthOfParent;
    }

    /** Takes a row of the path, the truth, the manifest, the fault, and the number of occurrences. */
    @Override
    public Iterator<Row> call(Row entry) {
        String path = entry.getString(0);
        String manifest = entry.getString(2);
        ImageRef image = entry.isNullAt(3)
                ? lookedUp(path, manifest)
                : ManifestEntryFault.valueOf(entry.getString(3)).image(path, manifest);
        ImageRef known = entry.isNullAt(1) ? image : image.withTruth(Optional.of(entry.getString(1)));
        return Collections.nCopies(Math.toIntExact(entry.getLong(4)), ImageRows.row(known))
                .iterator();
    }

    private ImageRef lookedUp(String name, String manifest) {
        Path path = new Path(name);
        try {
            FileStatus file = FileSystems.of(path, configuration.value()).getFileStatus(path);
            return file.isDirectory()
                    ? ManifestEntryFault.DIRECTORY.image(name, manifest)
                    : ListDirectory.image(file, truthOfParent);
        } catch (IOException | RuntimeException e) { // third-party filesystems can throw anything
            // The cause is determined and reported when the image is read.
            return ImageRef.missing(name).withTruth(ListDirectory.truth(path, truthOfParent));
        }
    }
}
