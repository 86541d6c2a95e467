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
import org.sparkxception.source.dataset.Absence;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.UriSecrets;

/** Resolves the path of a manifest entry to a full URI. A relative path is resolved against the manifest's directory. */
final class ResolveEntry implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    /** The name of an {@link Absence}; null if the path can be looked up. */
    static final String ABSENCE = "absence";

    private static final StructType SCHEMA = new StructType()
            .add(ImageRows.PATH, DataTypes.StringType, false)
            .add(ImageRows.TRUTH, DataTypes.StringType)
            .add(ABSENCE, DataTypes.StringType);

    private static final Pattern URI_OR_ABSOLUTE = Pattern.compile("(?s)([a-zA-Z][a-zA-Z0-9+.-]*:)?/.*");

    private final SerializableConfiguration configuration;

    ResolveEntry(SerializableConfiguration configuration) {
        this.configuration = configuration;
    }

    /** The columns of the resolved entries, with these kept columns, which can be none. */
    static StructType schema(StructType kept) {
        return ImageRows.withKept(SCHEMA, kept);
    }

    /** Takes a row of a {@link ManifestReader}. */
    @Override
    public Row call(Row entry) {
        return ImageRows.withKept(resolved(entry), ImageRows.kept(entry));
    }

    private Row resolved(Row entry) {
        String manifest = Columns.path(entry.getAs(ManifestReader.MANIFEST));
        String truth = entry.getAs(ManifestReader.TRUTH);
        String withoutPath = entry.getAs(ManifestReader.ENTRY);
        if (withoutPath != null) {
            return absent(manifest + "#" + UriSecrets.hidden(withoutPath), truth, Absence.NO_PATH);
        }
        String written = entry.getAs(ManifestReader.PATH);
        String name = UriSecrets.leftOut(written);
        if (!name.equals(written)) {
            return absent(name, truth, Absence.SECRET);
        }
        try {
            String text = URI_OR_ABSOLUTE.matcher(name).matches() ? name : new Path(manifest).getParent() + "/" + name;
            Path path = FileSystems.path(text);
            Path qualified = FileSystems.of(path, configuration.value()).makeQualified(path);
            return row(qualified.toString(), truth, null);
        } catch (IOException | RuntimeException e) { // third-party filesystems can throw anything
            return absent(name, truth, Absence.NO_NAME);
        }
    }

    private static Row absent(String path, String truth, Absence reason) {
        return row(path, truth, reason.name());
    }

    private static Row row(String path, String truth, String absence) {
        return RowFactory.create(path, truth == null ? null : UriSecrets.hidden(truth), absence);
    }
}
