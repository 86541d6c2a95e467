package org.sparkxception.api;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.inference.ExecutorModel;
import org.sparkxception.inference.PipelineInput;
import org.sparkxception.inference.Scorer;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.ClassScores;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.result.ResultSchema;

/**
 * Scores the images in a column of a dataset, for use in other Spark jobs. The command line uses the same pipeline.
 *
 * <pre>{@code
 * ScoringSettings settings = ScoringSettings.builder().topK(3).build();
 * try (ImageClassifier classifier = new ImageClassifier(spark, BundleStore.bundled(), settings)) {
 *     Dataset<Row> scores = classifier.classify(spark.read().parquet("photos.parquet"), "content");
 *     scores.write().parquet("scores.parquet");
 * }
 * }</pre>
 *
 * <p>The model is broadcast once, when the classifier is created. Each executor loads the network once per device, and keeps it until
 * it ends. The executors need this library and its native libraries on their class path.
 *
 * <p>Instances are immutable and thread-safe: several threads of a driver can share one, for any number of datasets of its session.
 *
 * <p>The network is the Xception of F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions" (CVPR 2017,
 * arXiv:1610.02357), or the program that was imported instead.
 */
public final class ImageClassifier implements AutoCloseable {
    private final Broadcast<ModelBundle> broadcast;
    private final StructType outcome;
    private final Scorer scorer;

    /**
     * Broadcasts a model.
     *
     * @param spark the session of the datasets to classify
     * @param model the model, from {@link org.sparkxception.bundle.BundleStore}
     * @param settings what to compute, and with which limits
     * @throws org.sparkxception.UserException (exit code 2) if the model does not support the settings, or is a TorchScript program that
     *     is not trusted
     */
    public ImageClassifier(SparkSession spark, ModelBundle model, ScoringSettings settings) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        StatisticsAccumulator statistics = StatisticsAccumulator.registered(context.sc());
        ScoringSettings resolved = settings.resolveFor(model);
        this.outcome = ResultSchema.outcome(
                ClassScores.of(model.network(), resolved.activation()).labelsOfAll(model.labels()),
                model.fingerprint());
        this.broadcast = context.broadcast(model);
        this.scorer = new Scorer(new ExecutorModel(broadcast, model.fingerprint(), resolved, statistics));
    }

    /**
     * Scores images: returns the same rows, in any order, without the content column and with these columns:
     *
     * <ul>
     *   <li>{@code status} (string): {@code ok}, or why the image has no scores: {@code corrupt}, {@code unsupported}, {@code too_large},
     *       {@code unreadable}, {@code missing} (the content is null) or {@code non_finite}; {@code error} (string) has the reason in a
     *       sentence
     *   <li>{@code width}, {@code height} (int): the size in pixels of the upright image, if known
     *   <li>{@code label} (string), {@code score} (float): the best class
     *   <li>{@code predictions} (array of struct {@code index, label, score}): the best classes, best first, {@code topK} of them or all
     *       if there are fewer
     *   <li>{@code scores} (array of float): one per class, in the order of the labels in the column's metadata; null unless
     *       {@code allScores} is set
     *   <li>{@code embedding} (array of float): the last feature map as a vector, 2048 values for the full Xception; null unless
     *       {@code embedding} is set
     * </ul>
     *
     * <p>Scores are probabilities, 0 to 1, unless the activation is {@code NONE}. If an image cannot be scored, all columns after
     * {@code error} are null, except for a known size. No row is dropped, and no image fails the job. The job fails if an executor cannot
     * load the model or its native libraries.
     *
     * <p>The result is lazy, and is computed again each time that it is used, as with any dataset.
     *
     * @param images the dataset; each partition is one task, so use several partitions per core
     * @param contentColumn the binary column with the bytes of image files: JPEG, PNG, GIF, BMP, WebP or TIFF
     * @throws IllegalArgumentException if the column does not exist or is not binary, or if another column has the name of a result
     *     column
     */
    public Dataset<Row> classify(Dataset<Row> images, String contentColumn) {
        StructType schema = images.schema();
        Set<String> names = Arrays.stream(schema.fieldNames()).collect(Collectors.toSet());
        if (!names.contains(contentColumn)) {
            throw new IllegalArgumentException("there is no column " + contentColumn + " among " + names);
        }
        int content = schema.fieldIndex(contentColumn);
        if (!schema.apply(content).dataType().equals(DataTypes.BinaryType)) {
            throw new IllegalArgumentException("the column " + contentColumn + " must be binary but is "
                    + schema.apply(content).dataType().simpleString());
        }
        StructType result = new StructType();
        for (StructField field : schema.fields()) {
            if (!field.name().equals(contentColumn)) {
                result = result.add(field);
            }
        }
        for (StructField field : outcome.fields()) {
            if (names.contains(field.name()) && !field.name().equals(contentColumn)) {
                throw new IllegalArgumentException(
                        "duplicate column " + field.name() + " in the result: rename or drop it");
            }
            result = result.add(field);
        }
        // The encoder drops the metadata of columns, such as the labels.
        return images.mapPartitions(new ScoreRows(scorer, content), Encoders.row(result))
                .to(result);
    }

    /**
     * Releases the broadcast model on the driver and the executors. Datasets that {@link #classify} returned can no longer be computed.
     * Closing again has no effect.
     */
    @Override
    public void close() {
        if (broadcast.isValid()) {
            broadcast.destroy();
        }
    }

    /** Scores the rows of a partition, on an executor. */
    private static final class ScoreRows implements MapPartitionsFunction<Row, Row> {
        private static final long serialVersionUID = 1;

        private final Scorer scorer;
        private final int content;

        ScoreRows(Scorer scorer, int content) {
            this.scorer = scorer;
            this.content = content;
        }

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            return scorer.process(IteratorUtils.transformedIterator(rows, row -> HeldRow.of(row, content)));
        }
    }

    /** A row without its content column, and the content. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record HeldRow(Object[] others, byte[] content) implements PipelineInput {
        private static final byte[] NONE = {};

        static HeldRow of(Row row, int content) {
            Object[] others = new Object[row.size() - 1];
            for (int i = 0; i < others.length; i++) {
                others[i] = row.get(i < content ? i : i + 1);
            }
            return new HeldRow(others, row.isNullAt(content) ? NONE : row.getAs(content));
        }

        @Override
        public long size() {
            return content.length;
        }

        @Override
        public boolean isInMemory() {
            return true;
        }

        @Override
        public byte[] read() throws ImageFault {
            if (content == NONE) {
                throw new ImageFault(ImageStatus.MISSING, "the content of the row is null");
            }
            return content;
        }

        @Override
        public Row row(Object[] outcome) {
            Object[] values = Arrays.copyOf(others, others.length + outcome.length);
            System.arraycopy(outcome, 0, values, others.length, outcome.length);
            return RowFactory.create(values);
        }

        @Override
        public String toString() {
            return "the row " + Arrays.toString(others);
        }
    }
}
