package org.sparkxception.source.manifest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRows;

/** Reads the entries of manifests, without resolving their paths. */
final class ManifestReader {
    static final String PATH = "path";
    static final String TRUTH = "truth";
    static final String MANIFEST = "manifest";
    /** The complete entry as JSON if it has no path; otherwise null. */
    static final String ENTRY = "entry";

    private final SparkSession session;
    private final String idColumn;
    private final Optional<String> truthColumn;
    private final List<String> keepColumns;

    ManifestReader(SparkSession session, String idColumn, Optional<String> truthColumn, List<String> keepColumns) {
        this.session = session;
        this.idColumn = idColumn;
        this.truthColumn = truthColumn;
        this.keepColumns = keepColumns;
    }

    /**
     * Reads the entries of manifests as rows of {@link #PATH}, {@link #TRUTH}, {@link #MANIFEST} and {@link #ENTRY}, and
     * of {@link ImageRows#KEPT} if columns are kept.
     *
     * @throws UserException (exit code 3) if a file is not a manifest, or lacks a requested column
     */
    Dataset<Row> read(List<String> files) {
        Map<ManifestKind, List<String>> kinds =
                files.stream().sorted().collect(Collectors.groupingBy(ManifestReader::kind));
        List<Dataset<Row>> entries = new ArrayList<>();
        kinds.forEach((kind, ofKind) -> {
            if (kind == ManifestKind.CSV) {
                // One at a time: each file has its own header.
                ofKind.forEach(file -> entries.add(entries(kind, List.of(file))));
            } else {
                entries.add(entries(kind, ofKind));
            }
        });
        return entries.stream().reduce(Dataset::union).orElseThrow();
    }

    private static ManifestKind kind(String file) {
        return ManifestKind.of(file)
                .orElseThrow(() -> new UserException(
                        ExitCode.INPUT,
                        file + " is not a manifest: its name must end with one of " + ManifestKind.endingsInWords()));
    }

    private Dataset<Row> entries(ManifestKind kind, List<String> files) {
        // Names are literal: do not expand globs.
        DataFrameReader reader = session.read().option("__globPaths__", "false");
        String[] names = files.toArray(String[]::new);
        Dataset<Row> manifest =
                switch (kind) {
                    // RFC 4180: quotes are escaped by doubling, and quoted fields can contain line breaks.
                    case CSV ->
                        reader.option("header", "true")
                                .option("multiLine", "true")
                                .option("escape", "\"")
                                .csv(names);
                    case JSON -> reader.option("primitivesAsString", "true").json(names);
                    case PARQUET -> reader.option("mergeSchema", "true").parquet(names);
                };
        Columns columns = new Columns(manifest.schema(), "the manifest " + String.join(", ", files));
        Column path = columns.text(idColumn, "id-column");
        Column[] all = Arrays.stream(manifest.columns()).map(Columns::quoted).toArray(Column[]::new);
        List<Column> selected = new ArrayList<>(List.of(
                path.as(PATH),
                columns.truth(truthColumn).as(TRUTH),
                col("_metadata.file_path").as(MANIFEST),
                when(path.isNull().or(path.equalTo("")), to_json(struct(all), Map.of("ignoreNullFields", "false")))
                        .as(ENTRY)));
        if (!keepColumns.isEmpty()) {
            List<Column> kept = new ArrayList<>(columns.kept(keepColumns));
            kept.add(Columns.withoutSecrets(path).as(ImageRows.GIVEN_PATH));
            selected.add(struct(kept.toArray(Column[]::new)).as(ImageRows.KEPT));
        }
        return manifest.select(selected.toArray(Column[]::new));
    }
}
