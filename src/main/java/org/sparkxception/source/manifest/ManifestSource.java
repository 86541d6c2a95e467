package org.sparkxception.source.manifest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.dataset.Absence;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.fetch.FileReader;
import org.sparkxception.source.fetch.LocalListing;
import org.sparkxception.source.fetch.LocalNames;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;

/** Image files that are listed in manifests: CSV, JSON lines or Parquet. The executors look up each file. */
public final class ManifestSource implements ImageSource {
    private static final long ENTRIES_A_TASK = 1000;
    private static final long MAX_TASKS = 10_000;

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final List<String> inputs;
    private final ManifestReader reader;
    private final SerializableConfiguration configuration;
    private final boolean truthOfParent;

    public ManifestSource(
            SparkSession session,
            List<String> inputs,
            String idColumn,
            Optional<String> truthColumn,
            boolean truthOfParent,
            List<String> keepColumns) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.inputs = List.copyOf(inputs);
        this.reader = new ManifestReader(session, idColumn, truthColumn, keepColumns);
        this.configuration = new SerializableConfiguration(spark.hadoopConfiguration());
        this.truthOfParent = truthOfParent;
    }

    @Override
    public Listing list() {
        try (Listing manifests = new FilesSource(session, inputs, ManifestKind.globs(), false).list()) {
            List<String> files = manifests
                    .images()
                    .select(ImageRows.PATH)
                    .distinct()
                    .as(Encoders.STRING())
                    .collectAsList();
            if (files.isEmpty()) {
                throw new UserException(
                        ExitCode.INPUT,
                        "no manifest found in %s: %,d files do not end with one of %s, and %,d names are hidden"
                                .formatted(
                                        String.join(", ", inputs),
                                        manifests.excluded(),
                                        ManifestKind.endingsInWords(),
                                        manifests.hidden()));
            }
            requireRegular(files);
            return listing(files, manifests.hidden(), manifests.excluded());
        }
    }

    private void requireRegular(List<String> files) {
        for (String file : files) {
            Path path = new Path(file);
            try {
                FileReader.requirePath(file);
                if (LocalListing.isLocal(FileSystems.of(path, configuration.value()))) {
                    LocalListing.requireRegular(LocalNames.file(path.toUri().getPath()));
                }
            } catch (IOException e) {
                throw new UserException(
                        ExitCode.INPUT, "the manifest cannot be read: " + StorageFaults.explain(file, e), e);
            }
        }
    }

    private Listing listing(List<String> files, long hidden, long excluded) {
        Dataset<Row> entries;
        StructType kept;
        long count;
        try {
            Dataset<Row> read = reader.read(files);
            kept = ImageRows.kept(read.schema());
            entries = read.map(new ResolveEntry(configuration), Encoders.row(ResolveEntry.schema(kept)));
            count = entries.count();
        } catch (UserException e) {
            throw e;
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw new UserException(
                    ExitCode.INPUT, "the manifest in %s cannot be read: %s".formatted(inputs, e.getMessage()), e);
        }
        long tasks = Math.max(4L * spark.defaultParallelism(), Math.min(MAX_TASKS, count / ENTRIES_A_TASK));
        // The smallest truth, and the smallest kept values, so that the result does not depend on the order.
        List<Column> smallest = new ArrayList<>(List.of(
                min(ImageRows.TRUTH).as(ImageRows.TRUTH),
                min(ResolveEntry.ABSENCE).as(ResolveEntry.ABSENCE)));
        if (!kept.isEmpty()) {
            smallest.add(min(ImageRows.KEPT).as(ImageRows.KEPT));
        }
        JavaRDD<Row> rows = entries.repartition((int) tasks, col(ImageRows.PATH))
                .groupBy(ImageRows.PATH)
                .agg(count(lit(1)).as(StatManifestEntry.OCCURRENCES), smallest.toArray(Column[]::new))
                .toJavaRDD()
                .flatMap(new StatManifestEntry(configuration, truthOfParent))
                .persist(StorageLevel.DISK_ONLY());
        return new Listing(
                session.createDataFrame(rows, ImageRows.schema(kept)),
                rows.count(),
                hidden,
                excluded,
                false,
                List.of(rows));
    }

    /** Earlier versions planned an entry that is not a file as a record with the number of the reason; there are no other records. */
    @Override
    public JavaRDD<ImageContent> read(List<ImageRef> images) {
        Absence[] reasons = {Absence.NO_PATH, Absence.NO_NAME, Absence.DIRECTORY, Absence.SECRET};
        List<ImageContent> failed = new ArrayList<>();
        for (ImageRef image : images) {
            image.record()
                    .ifPresent(record ->
                            failed.add(ImageContent.failed(image, reasons[(int) record.number()].fault())));
        }
        return spark.parallelize(failed);
    }
}
