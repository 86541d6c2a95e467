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
import org.sparkxception.source.dataset.Absence;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.files.ListDirectory;
import org.sparkxception.storage.FileSystems;

/** Looks up, on an executor, the file of a manifest entry. Emits its image once per occurrence in the manifests. */
final class StatManifestEntry implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    static final String OCCURRENCES = "occurrences";

    private final SerializableConfiguration configuration;
    private final boolean truthOfParent;

    StatManifestEntry(SerializableConfiguration configuration, boolean truthOfParent) {
        this.configuration = configuration;
        this.truthOfParent = truthOfParent;
    }

    /** Takes a row of {@link ResolveEntry#schema} with the number of {@link #OCCURRENCES}. */
    @Override
    public Iterator<Row> call(Row entry) {
        String path = entry.getAs(ImageRows.PATH);
        String truth = entry.getAs(ImageRows.TRUTH);
        String absence = entry.getAs(ResolveEntry.ABSENCE);
        long occurrences = entry.<Long>getAs(OCCURRENCES);
        ImageRef image = absence == null ? lookedUp(path) : ImageRef.absent(path, Absence.valueOf(absence));
        ImageRef known = (truth == null ? image : image.withTruth(Optional.of(truth))).withKept(ImageRows.kept(entry));
        return Collections.nCopies(Math.toIntExact(occurrences), ImageRows.row(known))
                .iterator();
    }

    private ImageRef lookedUp(String name) {
        Path path = new Path(name);
        try {
            FileStatus file = FileSystems.of(path, configuration.value()).getFileStatus(path);
            return file.isDirectory()
                    ? ImageRef.absent(name, Absence.DIRECTORY)
                    : ListDirectory.image(file, truthOfParent);
        } catch (IOException | RuntimeException e) { // third-party filesystems can throw anything
            // The cause is determined and reported when the image is read.
            return ImageRef.missing(name).withTruth(ListDirectory.truth(path, truthOfParent));
        }
    }
}
