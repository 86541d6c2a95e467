package org.sparkxception.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkxception.TestSpark;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Labels;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.ScoreBin;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.result.Prediction;
import org.sparkxception.result.ResultSchema;
import scala.reflect.ClassTag$;

/** Summaries of rows that several tasks read, in any order. */
class ResultSummaryTest {
    private static final Labels LABELS = Labels.of(List.of("cat", "dog"));
    private static final StructType SCHEMA =
            ResultSchema.rows(LABELS.names(), "").add(ResultSchema.CHUNK, DataTypes.IntegerType);

    private final SparkSession spark = TestSpark.session();

    @Test
    void imagesAreCountedByChunkStatusAndClass() {
        ResultSummary summary = summary(List.of(
                scored(0, "a", 0, 0.5f),
                scored(0, "b", 1, 0.75f),
                scored(2, "c", 1, 0.25f),
                failed(2, "d", "corrupt")));

        assertThat(summary.rowsByChunk()).containsOnly(entry(0, 2L), entry(2, 2L));
        assertThat(summary.images().total()).isEqualTo(4);
        assertThat(summary.images().byStatus()).containsExactly(entry("corrupt", 1L), entry("ok", 3L));
        assertThat(summary.images().failures()).containsExactly(new Failure("d", "corrupt", "why d"));
        assertThat(summary.images().topClasses()).containsExactly(new ClassCount("dog", 2), new ClassCount("cat", 1));
        assertThat(summary.classes()).containsExactly(new ClassScore("dog", 2, 0.5), new ClassScore("cat", 1, 0.5));
    }

    @Test
    void fewFailuresAreAllShownAndManyBySomeOfEachStatus() {
        List<Row> rows = new ArrayList<>();
        for (int i = 10; i < 18; i++) {
            rows.add(failed(0, "p" + i, "corrupt"));
        }
        rows.add(failed(0, "p20", "not_found"));
        rows.add(failed(0, "p21", "not_found"));

        assertThat(paths(summary(rows).failuresByStatus().get("corrupt")))
                .containsExactly("p10", "p11", "p12", "p13", "p14", "p15", "p16", "p17");

        rows.add(failed(0, "p09", "not_found"));
        ResultSummary many = summary(rows);

        assertThat(paths(many.images().failures()))
                .containsExactly("p09", "p10", "p11", "p12", "p13", "p14", "p15", "p16", "p17", "p20");
        assertThat(paths(many.failuresByStatus().get("corrupt"))).containsExactly("p10", "p11", "p12", "p13", "p14");
        assertThat(paths(many.failuresByStatus().get("not_found"))).containsExactly("p09", "p20", "p21");
    }

    @Test
    void noImageIsAmongTheLeastAndAmongTheMostCertain() {
        ResultSummary three =
                summary(List.of(scored(0, "b", 0, 0.5f), scored(0, "c", 0, 0.5f), scored(0, "a", 0, 0.5f)));

        assertThat(three.leastCertain()).extracting(ResultRow::path).containsExactly("a", "b");
        assertThat(three.mostCertain()).extracting(ResultRow::path).containsExactly("c");

        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(scored(0, "p" + i, 0, i / 64f));
        }
        ResultSummary forty = summary(rows);

        assertThat(forty.leastCertain()).extracting(ResultRow::path).hasSize(12).startsWith("p0", "p1", "p2");
        assertThat(forty.mostCertain()).extracting(ResultRow::path).hasSize(12).startsWith("p39", "p38", "p37");
        assertThat(forty.mostCertain().get(0).score()).isEqualTo(39 / 64f);
        assertThat(forty.mostCertain().get(0).modified()).isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
        assertThat(forty.mostCertain().get(0).size()).isEqualTo(17);
    }

    @Test
    void probabilitiesHaveBinsFromZeroToOne() {
        List<ScoreBin> bins = summary(List.of(scored(0, "a", 0, 0.07f), scored(0, "b", 0, 1f)))
                .scoreBins();

        assertThat(bins).hasSize(20);
        assertThat(bins.get(1).images()).isEqualTo(1);
        assertThat(bins.get(1).from()).isCloseTo(0.05, within(1e-12));
        assertThat(bins.get(19).from()).isCloseTo(0.95, within(1e-12));
        assertThat(bins.get(19).to()).isEqualTo(1);
        assertThat(bins.get(19).images()).isEqualTo(1);
    }

    @Test
    void logitsHaveBinsFromTheLowestToTheHighest() {
        List<Row> rows = List.of(scored(0, "a", 0, -3f), scored(0, "b", 0, 17f), scored(0, "c", 0, 16.5f));

        List<ScoreBin> bins =
                ResultSummary.of(results(rows), LABELS, Activation.NONE).scoreBins();

        assertThat(bins.get(0)).isEqualTo(new ScoreBin(-3, -2, 1));
        assertThat(bins.get(19)).isEqualTo(new ScoreBin(16, 17, 2));
        assertThat(bins).hasSize(20);
    }

    @Test
    void withoutScoresThereAreNoBins() {
        List<Row> rows = List.of(failed(0, "a", "corrupt"));

        assertThat(summary(rows).scoreBins()).isEmpty();
        assertThat(ResultSummary.of(results(rows), LABELS, Activation.NONE).scoreBins())
                .isEmpty();
        assertThat(summary(rows).leastCertain()).isEmpty();
    }

    @Test
    void bothSerializersOfSparkKeepASummary() {
        SparkConf conf = new SparkConf();
        ResultSummary summary = summary(List.of(scored(0, "a", 0, 0.5f), failed(1, "b", "corrupt")));
        for (SerializerInstance serializer :
                List.of(new JavaSerializer(conf).newInstance(), new KryoSerializer(conf).newInstance())) {
            ResultSummary copy = serializer.deserialize(
                    serializer.serialize(summary, ClassTag$.MODULE$.apply(ResultSummary.class)),
                    ClassTag$.MODULE$.apply(ResultSummary.class));

            ResultSummary both = copy.merge(summary);

            assertThat(both.rowsByChunk()).containsOnly(entry(0, 2L), entry(1, 2L));
            assertThat(both.leastCertain()).extracting(ResultRow::path).containsExactly("a");
            assertThat(paths(both.images().failures())).containsExactly("b", "b");
            assertThat(both.classes()).containsExactly(new ClassScore("cat", 2, 0.5));
        }
    }

    private static List<String> paths(List<Failure> failures) {
        return failures.stream().map(Failure::path).toList();
    }

    private ResultSummary summary(List<Row> rows) {
        return ResultSummary.of(results(rows), LABELS, Activation.SOFTMAX);
    }

    private Dataset<Row> results(List<Row> rows) {
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(1));
        return spark.createDataFrame(shuffled, SCHEMA).repartition(3);
    }

    private static Row scored(int chunk, String path, int best, float score) {
        List<Prediction> predictions =
                List.of(new Prediction(best, LABELS.names().get(best), score));
        return row(chunk, path, ResultSchema.scored(1, 1, predictions, Optional.empty(), Optional.empty()));
    }

    private static Row failed(int chunk, String path, String status) {
        return row(chunk, path, ResultSchema.failed(status, "why " + path, Optional.empty(), Optional.empty()));
    }

    private static Row row(int chunk, String path, Object[] outcome) {
        Instant modified = Instant.parse("2026-01-02T03:04:05.123456Z");
        Row row = ResultSchema.row(path, 17, modified, Optional.of("cat"), outcome);
        Object[] values = new Object[row.size() + 1];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        values[row.size()] = chunk;
        return RowFactory.create(values);
    }
}
