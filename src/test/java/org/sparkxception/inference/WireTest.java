package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.inference.trial.Agreement;
import org.sparkxception.inference.trial.ExecutorFacts;
import org.sparkxception.inference.trial.ExecutorFinding;
import org.sparkxception.inference.trial.PrecisionTrial;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.Activation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.Absence;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.Place;
import scala.reflect.ClassTag$;

/** What the driver sends to executors, and what they send back, through both of Spark's serializers. */
class WireTest {
    static Stream<SerializerInstance> serializers() {
        SparkConf conf = new SparkConf();
        return Stream.of(new JavaSerializer(conf).newInstance(), new KryoSerializer(conf).newInstance());
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void partitionsOfImages(SerializerInstance serializer) {
        ImageRef image = ImageRef.file("hdfs://nn/a b.png", 17, Instant.ofEpochMilli(1_700_000_000_123L))
                .withTruth(Optional.of("cat"))
                .withVersion(Optional.of("etag"))
                .withKept(Arrays.asList(
                        "text",
                        null,
                        7,
                        new BigDecimal("1.20"),
                        Timestamp.valueOf("2026-11-24 01:02:03.456789"),
                        Date.valueOf("2026-11-24"),
                        LocalDateTime.parse("2026-11-24T01:02:03")));
        ImageRef plain = ImageRef.file("file:/x.png", 0, Instant.EPOCH);
        ImageRef member = plain.at(new Place.FileRange("file:/x.tar", 512));
        ImageRef record = plain.at(new Place.SplitRecord("file:/x.seq", 2000, 3));

        ImageRef missing = ImageRef.missing("file:/gone.png");
        ImageRef absent = ImageRef.absent("file:/directory", Absence.DIRECTORY);

        List<ImageRef> images = copy(
                        serializer, new ImagePartition(List.of(image, plain, member, record, missing, absent)))
                .images();

        assertThat(images).hasSize(6);
        assertThat(images.get(0).path()).isEqualTo("hdfs://nn/a b.png");
        assertThat(images.get(0).size()).isEqualTo(17);
        assertThat(images.get(0).modified()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
        assertThat(images.get(0).truth()).contains("cat");
        assertThat(images.get(0).version()).contains("etag");
        assertThat(images.get(0).kept()).isEqualTo(image.kept());
        assertThat(images.get(1).kept()).isEmpty();
        assertThat(images.get(1).isWholeFile()).isTrue();
        assertThat(images.get(1).wasFound()).isTrue();
        assertThat(images.get(2).file()).isEqualTo("file:/x.tar");
        assertThat(images.get(2).start()).isEqualTo(512);
        assertThat(images.get(2).record()).isEmpty();
        assertThat(images.get(3).file()).isEqualTo("file:/x.seq");
        assertThat(images.get(3).start()).isEqualTo(2000);
        assertThat(images.get(3).record().orElseThrow().number()).isEqualTo(3);
        assertThat(images.get(4).isWholeFile()).isTrue();
        assertThat(images.get(4).wasFound()).isFalse();
        assertThat(images.get(5).place())
                .isInstanceOfSatisfying(
                        Place.Absent.class, place -> assertThat(place.reason()).isEqualTo(Absence.DIRECTORY));
        assertThat(images.get(1).truth()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void models(SerializerInstance serializer) throws Exception {
        ModelBundle bundle = TestModels.tiny(3);

        ModelBundle copy = copy(serializer, bundle);

        assertThat(copy.fingerprint()).isEqualTo(bundle.fingerprint());
        assertThat(copy.architecture()).isEqualTo(bundle.architecture());
        assertThat(copy.labels()).containsExactly("thing", "thing", "thing");
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void settings(SerializerInstance serializer) {
        ScoringSettings copy = copy(
                serializer,
                ScoringSettings.builder()
                        .topK(7)
                        .embedding(true)
                        .activation(Activation.SIGMOID)
                        .device(DeviceChoice.CPU)
                        .build());

        assertThat(copy.topK()).isEqualTo(7);
        assertThat(copy.embedding()).isTrue();
        assertThat(copy.activation()).isEqualTo(Activation.SIGMOID);
        assertThat(copy.device()).isEqualTo(DeviceChoice.CPU);
        assertThat(copy.batchSize()).isEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void statistics(SerializerInstance serializer) {
        PipelineStatistics sum = PipelineStatistics.of(Counter.SCORED, 5)
                .between(1000, 3000)
                .plus(PipelineStatistics.of(Counter.SCORED, 3).between(2000, 5000));

        PipelineStatistics copy = copy(serializer, sum);

        assertThat(copy.get(Counter.SCORED)).isEqualTo(8);
        assertThat(copy.get(Counter.BATCHES)).isZero();
        assertThat(copy.steadyRate()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void trialsOfAPrecision(SerializerInstance serializer) {
        Agreement agreement = new Agreement();
        agreement.add(new float[] {0.1f, 0.7f, 0.2f}, new float[] {0.5f, 0.4f, 0.1f});
        agreement.add(new float[] {0.1f, 0.7f, 0.2f}, new float[] {0.1f, 0.6f, 0.3f});

        PrecisionTrial.Result copy = copy(serializer, new PrecisionTrial.Result(9, new byte[] {1, 2}, agreement));

        assertThat(copy.images()).isEqualTo(9);
        assertThat(copy.calibration()).containsExactly(1, 2);
        assertThat(copy.agreement().images()).isEqualTo(2);
        assertThat(copy.agreement().top1()).isEqualTo(0.5);
        assertThat(copy.agreement().top5()).isEqualTo(1);
        assertThat(copy.agreement().largestDifference()).isCloseTo(0.4, within(1e-6));
        assertThat(copy.agreement().meanDifference()).isCloseTo((0.8 + 0.2) / 6, within(1e-6));
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void whatExecutorsFound(SerializerInstance serializer) {
        ExecutorFinding good =
                copy(serializer, ExecutorFinding.of(new ExecutorFacts("1", "node", "gpu 0", "libtorch", "fp32")));
        ExecutorFinding bad = copy(serializer, ExecutorFinding.of(new UserException(ExitCode.MODEL, "no GPU")));

        assertThat(good.facts().orElseThrow().device()).isEqualTo("gpu 0");
        assertThat(good.fault()).isEmpty();
        assertThat(bad.facts()).isEmpty();
        assertThat(bad.fault().orElseThrow().exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(bad.fault().orElseThrow()).hasMessage("no GPU");
    }

    /** See {@link Thumbnailer}. */
    @ParameterizedTest
    @MethodSource("serializers")
    void rowsWithPictures(SerializerInstance serializer) {
        Row row = ResultSchema.row("file:/x.png", 7, Instant.EPOCH, Optional.empty(), new Object[] {new byte[] {1, 2}});

        Row copy = copy(serializer, row);

        assertThat(copy.getString(0)).isEqualTo("file:/x.png");
        assertThat(copy.getTimestamp(2).toInstant()).isEqualTo(Instant.EPOCH);
        assertThat(copy.<byte[]>getAs(3)).containsExactly(1, 2);
    }

    /** Spark sends functions with the Java serializer, whatever is set. */
    @org.junit.jupiter.api.Test
    void theFunctionOfAPartition() throws Exception {
        var context = TestSpark.session().sparkContext();
        StatisticsAccumulator statistics = new StatisticsAccumulator();
        context.register(statistics);
        Scorer scorer = new Scorer(new ExecutorModel(
                org.apache.spark.api.java.JavaSparkContext.fromSparkContext(context)
                        .broadcast(TestModels.tiny(4)),
                "fingerprint",
                ScoringSettings.builder().build(),
                statistics));
        DecodingNotes notes = DecodingNotes.in("file:/nowhere/decoding", TestSpark.broadcast(new Configuration(false)));
        FetchPartition<Row> function =
                new FetchPartition<>(scorer.with(notes), TestSpark.broadcast(new Configuration(false)), 1000);

        assertThat(copy(new JavaSerializer(new SparkConf()).newInstance(), function))
                .isInstanceOf(FetchPartition.class);
        assertThat(copy(
                        new JavaSerializer(new SparkConf()).newInstance(),
                        new MixedPartition<>(scorer, TestSpark.broadcast(new Configuration(false)), 1000)))
                .isInstanceOf(MixedPartition.class);
    }

    private static <T> T copy(SerializerInstance serializer, T value) {
        @SuppressWarnings("unchecked")
        scala.reflect.ClassTag<T> tag = (scala.reflect.ClassTag<T>) ClassTag$.MODULE$.apply(value.getClass());
        ByteBuffer bytes = serializer.serialize(value, tag);
        return serializer.deserialize(bytes, tag);
    }
}
