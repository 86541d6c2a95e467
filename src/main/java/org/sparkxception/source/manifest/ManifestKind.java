package org.sparkxception.source.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkxception.source.dataset.FileNames;

/** The file format of a manifest, determined by the extension of its name. */
public enum ManifestKind {
    CSV(".csv", ".csv.gz"),
    JSON(".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"),
    PARQUET(".parquet");

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> endings;

    ManifestKind(String... endings) {
        this.endings = List.of(endings);
    }

    public static Optional<ManifestKind> of(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(kind -> kind.endings.stream().anyMatch(name::endsWith))
                .findFirst();
    }

    /** Case-insensitive globs that match the names of manifests. */
    static List<String> globs() {
        return Arrays.stream(values())
                .flatMap(kind -> kind.endings.stream())
                .map(FileNames::inAnyCase)
                .toList();
    }

    /** The extensions of all kinds, for messages. */
    static String endingsInWords() {
        return String.join(
                ", ",
                Arrays.stream(values()).flatMap(kind -> kind.endings.stream()).toList());
    }
}
