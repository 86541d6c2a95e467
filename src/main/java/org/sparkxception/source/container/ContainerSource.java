package org.sparkxception.source.container;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.dataset.Split;
import org.sparkxception.source.dataset.SplitRequest;
import org.sparkxception.source.files.FilesSource;
import org.sparkxception.source.files.ListingEntry;
import org.sparkxception.source.files.ListingEntry.Kind;
import org.sparkxception.source.files.ListingSummary;

/** Images in container files, such as tar archives. The driver keeps the names of the containers, never those of the images. */
public final class ContainerSource implements ImageSource {
    private static final int MAX_TASKS = 10_000;

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final ContainerFormat format;
    private final List<String> inputs;
    private final ListSplit listPart;
    private final ReadSplit readPart;

    public ContainerSource(
            SparkSession session,
            ContainerFormat format,
            List<String> inputs,
            List<String> include,
            boolean truthOfParent,
            long maxBytes) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.format = format;
        this.inputs = List.copyOf(inputs);
        SerializableConfiguration configuration = new SerializableConfiguration(spark.hadoopConfiguration());
        this.listPart = new ListSplit(format, configuration, include, truthOfParent);
        this.readPart = new ReadSplit(format, configuration, maxBytes);
    }

    @Override
    public Listing list() {
        long hidden;
        long excluded;
        List<Split> parts = new ArrayList<>();
        try (Listing containers = new FilesSource(session, inputs, globs(), false).list()) {
            hidden = containers.hidden();
            excluded = containers.excluded();
            for (Row row : containers.images().collectAsList()) {
                ImageRef container = ImageRows.image(row);
                parts.addAll(Split.of(container, format.partBytes(container.path())));
            }
        }
        if (parts.isEmpty()) {
            throw new UserException(
                    ExitCode.INPUT,
                    "no %s found in %s: %s%,d names are hidden"
                            .formatted(
                                    format.label(),
                                    String.join(", ", inputs),
                                    format.endings().isEmpty()
                                            ? ""
                                            : "%,d files do not end with one of %s, and "
                                                    .formatted(excluded, String.join(", ", format.endings())),
                                    hidden));
        }
        JavaRDD<ListingEntry> found = spark.parallelize(parts, Math.min(parts.size(), MAX_TASKS))
                .flatMap(listPart)
                .filter(record -> !record.is(Kind.DIRECTORY))
                .persist(StorageLevel.DISK_ONLY());
        long count = 0;
        for (ListingSummary summary : found.mapPartitions(ListingSummary::of).collect()) {
            if (!summary.fault().isEmpty()) {
                throw new UserException(ExitCode.INPUT, summary.fault());
            }
            count += summary.images();
            hidden += summary.hidden();
            excluded += summary.excluded();
        }
        JavaRDD<Row> rows = found.filter(record -> record.is(Kind.IMAGE))
                .map(ListingEntry::image)
                .map(ImageRows::row);
        Dataset<Row> images = session.createDataFrame(rows, ImageRows.SCHEMA);
        return new Listing(images, count, hidden, excluded, false, List.of(found));
    }

    private List<String> globs() {
        return format.endings().isEmpty()
                ? List.of("*")
                : format.endings().stream().map(FileNames::inAnyCase).toList();
    }

    @Override
    public JavaRDD<ImageContent> read(List<ImageRef> images) {
        List<SplitRequest> parts = SplitRequest.of(images);
        return spark.parallelize(parts, Math.max(1, Math.min(parts.size(), MAX_TASKS)))
                .flatMap(readPart);
    }
}
