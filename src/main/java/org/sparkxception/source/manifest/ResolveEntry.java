package org.sparkxception.source.manifest;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.UriSecrets;

/** Resolves the path of a manifest entry to a full URI. A relative path is resolved against the manifest's directory. */
final class ResolveEntry implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    static final String MANIFEST = "manifest";
    static final String FAULT = "fault";

    static final StructType SCHEMA = new StructType()
            .add(ImageRows.PATH, DataTypes.StringType, false)
            .add(ImageRows.TRUTH, DataTypes.StringType)
            .add(MANIFEST, DataTypes.StringType, false)
            .add(FAULT, DataTypes.StringType);

    private static final Pattern URI_OR_ABSOLUTE = Pattern.compile("(?s)([a-zA-Z][a-zA-Z0-9+.-]*:)?/.*");

    private final SerializableConfiguration configuration;

    ResolveEntry(SerializableConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Row call(Row entry) {
        String manifest = Columns.path(entry.getString(2));
        if (!entry.isNullAt(3)) {
            return row(
                    manifest + "#" + UriSecrets.hidden(entry.getString(3)),
                    entry,
                    manifest,
                    ManifestEntryFault.NO_PATH.name());
        }
        String name = UriSecrets.leftOut(entry.getString(0));
        if (!name.equals(entry.getString(0))) {
            return row(name, entry, manifest, ManifestEntryFault.SECRET.name());
        }
        try {
            String text = URI_OR_ABSOLUTE.matcher(name).matches() ? name : new Path(manifest).getParent() + "/" + name;
            Path path = FileSystems.path(text);
            return row(
                    FileSystems.of(path, configuration.value())
                            .makeQualified(path)
                            .toString(),
                    entry,
                    manifest,
                    null);
        } catch (IOException | RuntimeException e) { // third-party filesystems can throw anything
            return row(name, entry, manifest, ManifestEntryFault.NO_NAME.name());
        }
    }

    private static Row row(String path, Row entry, String manifest, String fault) {
        return RowFactory.create(
                path, entry.isNullAt(1) ? null : UriSecrets.hidden(entry.getString(1)), manifest, fault);
    }
}
