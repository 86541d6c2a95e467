package org.sparkxception.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.container.ContainerSource;
import org.sparkxception.source.container.SequenceFileFormat;
import org.sparkxception.source.container.TarFormat;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.source.manifest.ManifestKind;
import org.sparkxception.source.manifest.ManifestSource;
import org.sparkxception.source.table.TableSource;

/**
 * How to read a dataset.
 *
 * @param include globs for image names; if empty, the usual image extensions
 * @param truth {@value #PARENT_DIRECTORY}, {@value #NO_TRUTH}, or the name of a column of the manifest or table
 * @param idColumn the column with the paths (manifest) or with the image names (table)
 * @param contentColumn the column with the encoded images (table only)
 * @param tableFormat the Spark data source format (table only)
 */
public record SourceSettings(
        SourceKind format,
        List<String> include,
        String truth,
        String idColumn,
        String contentColumn,
        String tableFormat) {
    public static final String PARENT_DIRECTORY = "parent-directory";
    public static final String NO_TRUTH = "none";
    public static final String DEFAULT_ID_COLUMN = "path";
    public static final String DEFAULT_CONTENT_COLUMN = "content";
    public static final String DEFAULT_TABLE_FORMAT = "parquet";

    public SourceSettings {
        include = List.copyOf(include);
        boolean hasColumns = format == SourceKind.MANIFEST || format == SourceKind.TABLE;
        if (!hasColumns && !truth.equals(PARENT_DIRECTORY) && !truth.equals(NO_TRUTH)) {
            throw new IllegalArgumentException("--truth must be " + PARENT_DIRECTORY + " or " + NO_TRUTH
                    + " for --input-format " + format + " but was " + truth);
        }
        if (format == SourceKind.TABLE && truth.equals(PARENT_DIRECTORY)) {
            throw new IllegalArgumentException(
                    "--truth must be a column or " + NO_TRUTH + " for --input-format " + format + " but was " + truth);
        }
    }

    /** Settings for image files with the usual extensions, without ground truth. */
    public static SourceSettings files() {
        return new SourceSettings(
                SourceKind.FILES, List.of(), NO_TRUTH, DEFAULT_ID_COLUMN, DEFAULT_CONTENT_COLUMN, DEFAULT_TABLE_FORMAT);
    }

    /** Whether the images have ground-truth labels. */
    public boolean hasTruth() {
        return !truth.equals(NO_TRUTH);
    }

    boolean truthOfParent() {
        return truth.equals(PARENT_DIRECTORY);
    }

    private Optional<String> truthColumn() {
        return truth.equals(PARENT_DIRECTORY) || truth.equals(NO_TRUTH) ? Optional.empty() : Optional.of(truth);
    }

    /** The settings that determine, together with the inputs, which images are in the dataset. */
    public Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("input-format", format.label());
        identity.put("include", String.join(" ", include));
        identity.put("truth", truth);
        if (format == SourceKind.MANIFEST || format == SourceKind.TABLE) {
            identity.put("id-column", idColumn);
        }
        if (format == SourceKind.TABLE) {
            identity.put("content-column", contentColumn);
            identity.put("table-format", tableFormat);
        }
        return identity;
    }

    /**
     * Opens the dataset in these inputs.
     *
     * @param inputs full URIs
     * @param maxBytes images with more bytes are not read
     */
    public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
        return switch (format) {
            case FILES -> {
                refuseOtherFormats(inputs);
                yield new FilesSource(spark, inputs, include, truthOfParent());
            }
            case MANIFEST -> new ManifestSource(spark, inputs, idColumn, truthColumn(), truthOfParent());
            case TABLE -> new TableSource(spark, inputs, tableFormat, idColumn, contentColumn, truthColumn(), maxBytes);
            case TAR -> new ContainerSource(spark, new TarFormat(), inputs, include, truthOfParent(), maxBytes);
            case SEQUENCE_FILE ->
                new ContainerSource(spark, new SequenceFileFormat(), inputs, include, truthOfParent(), maxBytes);
        };
    }

    /** Rejects archives, lists and tables as image files: they need another {@code --input-format}. */
    private static void refuseOtherFormats(List<String> inputs) {
        for (String input : inputs) {
            Optional<SourceKind> other = formatOf(input.toLowerCase(Locale.ROOT));
            if (other.isPresent()) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the input " + input + " is not an image file: use --input-format " + other.get());
            }
        }
    }

    private static Optional<SourceKind> formatOf(String name) {
        if (new TarFormat().endings().stream().anyMatch(name::endsWith)) {
            return Optional.of(SourceKind.TAR);
        }
        return ManifestKind.of(name).map(kind -> kind == ManifestKind.PARQUET ? SourceKind.TABLE : SourceKind.MANIFEST);
    }
}
