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

/** Looks up the file that entries of manifests name, on an executor: as often as it was listed, the same image. */
final class StatManifestEntry implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    private final SerializableConfiguration configuration;
    private final boolean truthOfParent;

    StatManifestEntry(SerializableConfiguration configuration, boolean truthOfParent) {
        this.configuration = configuration;
        this.truthOfParent = truthOfParent;
    }

    /** A row of the path, the truth, the manifest, the fault, and how often it was listed. */
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
        } catch (IOException | RuntimeException e) { // filesystems of others throw what they like
            // Why it is not there is found out, and said, when it is to be read.
            return ImageRef.missing(name).withTruth(ListDirectory.truth(path, truthOfParent));
        }
    }
}
