package org.sparkxception.job;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.inference.Thumbnailer;
import org.sparkxception.readback.ResultRow;
import org.sparkxception.readback.ResultSummary;
import org.sparkxception.report.RunDetails.Exemplar;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageRef;

/**
 * The least and the most certain images of a run, with thumbnails. Thumbnails are optional: if they cannot be made in time, the report
 * is written without them.
 */
final class Exemplars {
    private static final Logger LOG = LoggerFactory.getLogger(Exemplars.class);

    private static final int MAX_SECONDS = 60;

    private static final String THUMBNAIL = "thumbnail";

    /** The rows of a {@link Thumbnailer}. */
    private static final StructType THUMBNAILS = new StructType()
            .add(ResultSchema.PATH, DataTypes.StringType, false)
            .add(ResultSchema.SIZE, DataTypes.LongType, false)
            .add(ResultSchema.MODIFIED, DataTypes.TimestampType, false)
            .add(THUMBNAIL, DataTypes.BinaryType, false)
            .add(ResultSchema.TRUTH, DataTypes.StringType);

    private final List<ResultRow> least;
    private final List<ResultRow> most;
    private final Map<Key, String> thumbnails = new HashMap<>();

    /** Identifies an image in results and plans. */
    private record Key(String path, long size, Instant modified) {
        static Key of(ImageRef image) {
            return new Key(image.path(), image.size(), image.modified());
        }

        static Key of(ResultRow row) {
            return new Key(row.path(), row.size(), row.modified());
        }

        static Key of(Row row) {
            return new Key(
                    row.getAs(ResultSchema.PATH),
                    row.getAs(ResultSchema.SIZE),
                    row.<Timestamp>getAs(ResultSchema.MODIFIED).toInstant());
        }
    }

    Exemplars(ResultSummary summary) {
        this.least = summary.leastCertain();
        this.most = summary.mostCertain();
    }

    /** Makes the thumbnails, in one task. */
    void picture(Run run) throws InterruptedException {
        List<Key> keys =
                Stream.concat(least.stream(), most.stream()).map(Key::of).toList();
        if (keys.isEmpty()) {
            return;
        }
        JavaSparkContext context = run.context();
        ScoringSettings settings = run.settings().scoring();
        context.setJobDescription("thumbnails of " + keys.size() + " images");
        try {
            List<ImageRef> images = run.find(keys.stream().map(Key::path).toList()).stream()
                    .filter(image -> keys.contains(Key.of(image)))
                    .toList();
            Thumbnailer work = new Thumbnailer(settings.maxPixels());
            JavaRDD<Row> made = new ImageTasks(run).single(images, work);
            for (Row row : collected(
                    run.spark().createDataFrame(made, THUMBNAILS).toJavaRDD().collectAsync())) {
                thumbnails.put(Key.of(row), Base64.getEncoder().encodeToString(row.getAs(THUMBNAIL)));
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("report.html has no thumbnails: {}", e.toString());
        } finally {
            context.setJobDescription(null);
        }
    }

    private static List<Row> collected(JavaFutureAction<List<Row>> rows)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            return rows.get(MAX_SECONDS, TimeUnit.SECONDS);
        } finally {
            rows.cancel(true);
        }
    }

    List<Exemplar> leastCertain() {
        return exemplars(least);
    }

    List<Exemplar> mostCertain() {
        return exemplars(most);
    }

    private List<Exemplar> exemplars(List<ResultRow> rows) {
        return rows.stream()
                .map(row -> new Exemplar(
                        row.path(),
                        row.label(),
                        row.score(),
                        row.missedTruth(),
                        thumbnails.getOrDefault(Key.of(row), "")))
                .toList();
    }
}
