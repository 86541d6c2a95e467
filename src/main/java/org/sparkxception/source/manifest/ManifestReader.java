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

/** Reads the entries of manifests as they are written. */
final class ManifestReader {
    static final String PATH = "path";
    static final String TRUTH = "truth";
    static final String MANIFEST = "manifest";
    /** The whole entry as JSON, where it has no path. */
    static final String ENTRY = "entry";

    private final SparkSession session;
    private final String idColumn;
    private final Optional<String> truthColumn;

    ManifestReader(SparkSession session, String idColumn, Optional<String> truthColumn) {
        this.session = session;
        this.idColumn = idColumn;
        this.truthColumn = truthColumn;
    }

    /**
     * The entries of manifests: rows of {@link #PATH}, {@link #TRUTH}, {@link #MANIFEST} and {@link #ENTRY}.
     *
     * @throws UserException (exit code 3) if one is none, or has not the columns that are asked for
     */
    Dataset<Row> read(List<String> files) {
        Map<ManifestKind, List<String>> kinds =
                files.stream().sorted().collect(Collectors.groupingBy(ManifestReader::kind));
        List<Dataset<Row>> entries = new ArrayList<>();
        kinds.forEach((kind, ofKind) -> {
            if (kind == ManifestKind.CSV) {
                // One by one: each has a header of its own.
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
                        file + " is no manifest by its name: it must end with one of "
                                + ManifestKind.endingsInWords()));
    }

    private Dataset<Row> entries(ManifestKind kind, List<String> files) {
        // A name is no glob, whatever characters it has.
        DataFrameReader reader = session.read().option("__globPaths__", "false");
        String[] names = files.toArray(String[]::new);
        Dataset<Row> manifest =
                switch (kind) {
                    // As RFC 4180 has it: quotes are doubled, and lines may break within them.
                    case CSV ->
                        reader.option("header", "true")
                                .option("multiLine", "true")
                                .option("escape", "\"")
                                .csv(names);
                    case JSON -> reader.option("primitivesAsString", "true").json(names);
                    case PARQUET -> reader.option("mergeSchema", "true").parquet(names);
                };
        Columns columns = new Columns(manifest.schema(), "the manifest " + String.join(", ", files));
        Column path = columns.text(idColumn, "--id-column");
        Column[] all = Arrays.stream(manifest.columns()).map(Columns::quoted).toArray(Column[]::new);
        return manifest.select(
                path.as(PATH),
                columns.truth(truthColumn).as(TRUTH),
                col("_metadata.file_path").as(MANIFEST),
                when(path.isNull().or(path.equalTo("")), to_json(struct(all), Map.of("ignoreNullFields", "false")))
                        .as(ENTRY));
    }
}
