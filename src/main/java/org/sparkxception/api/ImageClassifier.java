package org.sparkxception.api;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
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
 * ModelBundle model = BundleStore.bundled();
 * ImageClassifier classifier = new ImageClassifier(spark, model, ScoringSettings.builder().topK(3).build());
 * Dataset<Row> scores = classifier.classify(spark.read().parquet("photos.parquet"), "content");
 * }</pre>
 *
 * <p>The model is broadcast once, when the classifier is created, and loaded once per executor.
 */
public final class ImageClassifier {
    private final StructType outcome;
    private final Scorer scorer;

    /**
     * Broadcasts the model.
     *
     * @throws org.sparkxception.UserException if the model does not support the settings
     */
    public ImageClassifier(SparkSession spark, ModelBundle model, ScoringSettings settings) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        StatisticsAccumulator statistics = StatisticsAccumulator.registered(context.sc());
        ScoringSettings how = settings.resolveFor(model);
        this.outcome = ResultSchema.outcome(
                ClassScores.of(model.network(), how.activation()).labelsOfAll(model.labels()), model.fingerprint());
        this.scorer = new Scorer(new ExecutorModel(context.broadcast(model), model.fingerprint(), how, statistics));
    }

    /**
     * Scores images: returns the same rows with the columns {@code status, error, width, height, label, score, predictions, scores,
     * embedding} instead of the content column. The result is lazy. If an image cannot be scored, {@code status} and {@code error} of
     * its row say why; no row is dropped, and no image fails the job.
     *
     * @param images the dataset; each partition is one task, so use several partitions per core
     * @param contentColumn the binary column with the bytes of image files
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
