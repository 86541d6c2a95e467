package org.sparkxception.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
import org.sparkxception.UserException;
import org.sparkxception.source.container.ContainerSource;
import org.sparkxception.source.container.SequenceFileFormat;
import org.sparkxception.source.container.TarFormat;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.source.manifest.ManifestKind;
import org.sparkxception.source.manifest.ManifestSource;
import org.sparkxception.source.table.TableSource;

/** How to read a dataset: its kind, with the settings that this kind has. */
public sealed interface SourceSettings {
    String PARENT_DIRECTORY = "parent-directory";
    String NO_TRUTH = "none";
    String DEFAULT_ID_COLUMN = "path";
    String DEFAULT_CONTENT_COLUMN = "content";
    String DEFAULT_TABLE_FORMAT = "parquet";

    /** The setting with the columns that go to the results. */
    String KEEP_COLUMNS = "keep-columns";

    /** Where the true class of an image is: {@value #PARENT_DIRECTORY}, {@value #NO_TRUTH}, or the name of a column. */
    String truth();

    /** The settings that determine, together with the inputs, which images are in the dataset. */
    Map<String, String> identity();

    /**
     * Opens the dataset in these inputs.
     *
     * @param inputs full URIs
     * @param maxBytes images with more bytes are not read
     */
    ImageSource open(SparkSession spark, List<String> inputs, long maxBytes);

    /** The columns of the dataset that go to the results. */
    default List<String> keepColumns() {
        return List.of();
    }

    /** Whether the images have ground-truth labels. */
    default boolean hasTruth() {
        return !truth().equals(NO_TRUTH);
    }

    /** Settings for image files with the usual extensions, without ground truth. */
    static SourceSettings files() {
        return new Files(List.of(), NO_TRUTH);
    }

    /**
     * Image files: directories, files or globs.
     *
     * @param include globs for file names; if empty, the usual image extensions
     * @param truth {@value #PARENT_DIRECTORY} or {@value #NO_TRUTH}
     */
    record Files(List<String> include, String truth) implements SourceSettings {
        public Files {
            include = List.copyOf(include);
            requireNoColumn(truth, SourceKind.FILES);
        }

        @Override
        public Map<String, String> identity() {
            return SourceSettings.identity(SourceKind.FILES, include, truth);
        }

        @Override
        public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
            refuseOtherKinds(inputs);
            return new FilesSource(spark, inputs, include, isParent(truth));
        }
    }

    /**
     * Lists of image files: CSV, JSON lines or Parquet.
     *
     * @param idColumn the column with the paths, {@value #DEFAULT_ID_COLUMN} by default
     * @param truth {@value #PARENT_DIRECTORY}, {@value #NO_TRUTH}, or the name of a column
     * @param keepColumns columns that go to the results, with the path as the manifest contains it
     */
    record Manifest(String idColumn, String truth, List<String> keepColumns) implements SourceSettings {
        public Manifest {
            keepColumns = List.copyOf(keepColumns);
        }

        @Override
        public Map<String, String> identity() {
            Map<String, String> identity = SourceSettings.identity(SourceKind.MANIFEST, List.of(), truth);
            identity.put("id-column", idColumn);
            identity.put(KEEP_COLUMNS, String.join(",", keepColumns));
            return identity;
        }

        @Override
        public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
            return new ManifestSource(spark, inputs, idColumn, column(truth), isParent(truth), keepColumns);
        }
    }

    /**
     * Tables with the encoded images in a binary column.
     *
     * @param tableFormat the Spark data source format, {@value #DEFAULT_TABLE_FORMAT} by default
     * @param idColumn the column with the image names, {@value #DEFAULT_ID_COLUMN} by default
     * @param contentColumn the column with the encoded images, {@value #DEFAULT_CONTENT_COLUMN} by default
     * @param truth {@value #NO_TRUTH}, or the name of a column
     * @param keepColumns columns that go to the results
     */
    record Table(String tableFormat, String idColumn, String contentColumn, String truth, List<String> keepColumns)
            implements SourceSettings {
        public Table {
            keepColumns = List.copyOf(keepColumns);
            if (isParent(truth)) {
                throw new InvalidSetting(
                        "truth", "a column or " + NO_TRUTH + " for the input format " + SourceKind.TABLE, truth);
            }
        }

        @Override
        public Map<String, String> identity() {
            Map<String, String> identity = SourceSettings.identity(SourceKind.TABLE, List.of(), truth);
            identity.put("id-column", idColumn);
            identity.put("content-column", contentColumn);
            identity.put("table-format", tableFormat);
            identity.put(KEEP_COLUMNS, String.join(",", keepColumns));
            return identity;
        }

        @Override
        public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
            return new TableSource(
                    spark, inputs, tableFormat, idColumn, contentColumn, column(truth), maxBytes, keepColumns);
        }
    }

    /**
     * Tar archives of images, uncompressed or compressed with gzip.
     *
     * @param include globs for the names of members; if empty, the usual image extensions
     * @param truth {@value #PARENT_DIRECTORY} or {@value #NO_TRUTH}
     */
    record Tar(List<String> include, String truth) implements SourceSettings {
        public Tar {
            include = List.copyOf(include);
            requireNoColumn(truth, SourceKind.TAR);
        }

        @Override
        public Map<String, String> identity() {
            return SourceSettings.identity(SourceKind.TAR, include, truth);
        }

        @Override
        public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
            return new ContainerSource(spark, new TarFormat(), inputs, include, isParent(truth), maxBytes);
        }
    }

    /**
     * Hadoop SequenceFiles with Text keys (the name) and BytesWritable values (the image).
     *
     * @param include globs for keys; if empty, all keys
     * @param truth {@value #PARENT_DIRECTORY} or {@value #NO_TRUTH}
     */
    record SequenceFile(List<String> include, String truth) implements SourceSettings {
        public SequenceFile {
            include = List.copyOf(include);
            requireNoColumn(truth, SourceKind.SEQUENCE_FILE);
        }

        @Override
        public Map<String, String> identity() {
            return SourceSettings.identity(SourceKind.SEQUENCE_FILE, include, truth);
        }

        @Override
        public ImageSource open(SparkSession spark, List<String> inputs, long maxBytes) {
            return new ContainerSource(spark, new SequenceFileFormat(), inputs, include, isParent(truth), maxBytes);
        }
    }

    private static Map<String, String> identity(SourceKind kind, List<String> include, String truth) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("input-format", kind.label());
        identity.put("include", String.join(" ", include));
        identity.put("truth", truth);
        return identity;
    }

    private static void requireNoColumn(String truth, SourceKind kind) {
        if (column(truth).isPresent()) {
            throw new InvalidSetting(
                    "truth", PARENT_DIRECTORY + " or " + NO_TRUTH + " for the input format " + kind, truth);
        }
    }

    private static boolean isParent(String truth) {
        return truth.equals(PARENT_DIRECTORY);
    }

    private static Optional<String> column(String truth) {
        return isParent(truth) || truth.equals(NO_TRUTH) ? Optional.empty() : Optional.of(truth);
    }

    /** Rejects archives, lists and tables as image files: they are datasets of another kind. */
    private static void refuseOtherKinds(List<String> inputs) {
        for (String input : inputs) {
            Optional<SourceKind> other = kindOf(input.toLowerCase(Locale.ROOT));
            if (other.isPresent()) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the input " + input + " is not an image file: set `input-format` to " + other.get());
            }
        }
    }

    private static Optional<SourceKind> kindOf(String name) {
        if (new TarFormat().endings().stream().anyMatch(name::endsWith)) {
            return Optional.of(SourceKind.TAR);
        }
        return ManifestKind.of(name).map(kind -> kind == ManifestKind.PARQUET ? SourceKind.TABLE : SourceKind.MANIFEST);
    }
}
