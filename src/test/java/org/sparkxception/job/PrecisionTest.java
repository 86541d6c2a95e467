package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.round;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.inference.DeviceChoice;
import org.sparkxception.inference.ModelCalibration;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.report.RunReport;
import org.sparkxception.source.InputFormat;
import org.sparkxception.source.SourceSettings;

/** Runs below float32, with the bundled model on its sample images. */
class PrecisionTest {
    private static final String SAMPLES = "sample-data/images";

    @TempDir
    Path folder;

    private final SparkSession spark = TestSpark.session();

    @Test
    void int8CalibratesOnTheRunsOwnImagesAndStatesHowFarItAgrees() throws Exception {
        RunReport report = run(settings(Precision.INT8, 0)).report();

        assertThat(report.images().byStatus()).containsEntry("ok", 240L);
        RunReport.Precision precision = report.precision();
        assertThat(precision.name()).isEqualTo("int8");
        assertThat(precision.calibratedOnSample()).isTrue();
        assertThat(precision.images()).isEqualTo(64);
        assertThat(precision.top1()).isGreaterThanOrEqualTo(0.98);
        assertThat(precision.top5()).isEqualTo(1);
        assertThat(precision.meanDifference()).isBetween(1e-6, 0.01);
        assertThat(precision.largestDifference()).isBetween(1e-4, 0.3);
        assertThat(report.evaluation().measures().get("accuracy")).isGreaterThanOrEqualTo(0.9542 - 0.009);
    }

    @Test
    void bf16StatesHowFarItAgrees() throws Exception {
        RunReport.Precision precision =
                run(settings(Precision.BF16, 0.98)).report().precision();

        assertThat(precision.name()).isEqualTo("bf16");
        assertThat(precision.calibratedOnSample()).isFalse();
        assertThat(precision.images()).isEqualTo(64);
        assertThat(precision.top1()).isGreaterThanOrEqualTo(0.98);
        assertThat(precision.meanDifference()).isBetween(1e-7, 0.005);
    }

    @Test
    void fp32ComparesNothing() throws Exception {
        run(settings(Precision.FP32, 1));

        assertThat(findings("scores")).doesNotExist();
    }

    @Test
    void aRunThatGoesOnScoresWithWhatItFoundWhenItBegan() throws Exception {
        run(settings(Precision.INT8, 0));
        List<Row> whole = rows();
        Path findings = findings("scores");
        byte[] found = Files.readAllBytes(findings);
        // As if the run had died before its second chunk.
        Files.delete(folder.resolve("scores/_SUCCESS"));
        Files.delete(folder.resolve("scores/chunk=00001/_SUCCESS"));

        run(settings(Precision.INT8, 0));

        assertThat(rows()).isEqualTo(whole);
        assertThat(Files.readAllBytes(findings)).isEqualTo(found);
    }

    @Test
    void aRunElsewhereCalibratesOnTheSameImagesAndFindsTheSame() throws Exception {
        FileUtils.copyDirectory(new File(SAMPLES), folder.resolve("moved").toFile());
        run(settings(Precision.INT8, 0));
        byte[] found = Files.readAllBytes(findings("scores"));

        JobSettings elsewhere = settings(folder.resolve("moved").toString(), "again", Precision.INT8, 0);
        run(elsewhere);

        assertThat(Files.readAllBytes(findings("again"))).isEqualTo(found);
    }

    /** What a run found out about its precision, in the directory of its own. */
    private Path findings(String output) throws IOException {
        String id = new JsonMapper()
                .readTree(folder.resolve(output + "/_run/run.json").toFile())
                .get("id")
                .asText();
        return folder.resolve(output + "/_run/" + id + "/precision.json");
    }

    @Test
    void anAgreementBelowTheOneAskedForIsRefused() throws Exception {
        run(settings(Precision.INT8, 0));
        Path findings = findings("scores");
        String found = Files.readString(findings);
        Files.writeString(findings, found.replaceFirst("\"top1\" : [0-9.]+", "\"top1\" : 0.9375"));
        Files.delete(findings.resolveSibling(".precision.json.crc"));
        Files.delete(folder.resolve("scores/_SUCCESS"));
        Files.delete(folder.resolve("scores/chunk=00001/_SUCCESS"));

        assertThatThrownBy(() -> run(settings(Precision.INT8, 0.95)))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MODEL))
                .hasMessage(
                        "at int8 the best class is that of fp32 in 0.9375 of 64 sample images, where --min-agreement asks for"
                                + " 0.95: use another --precision");
        assertThat(folder.resolve("scores/chunk=00001/_SUCCESS")).doesNotExist();
    }

    @Test
    void anotherPrecisionIsAnotherRun() throws Exception {
        run(settings(Precision.FP32, 0));

        assertThatThrownBy(() -> run(settings(Precision.BF16, 0)))
                .hasMessageContaining("precision is fp32 there and bf16 here");
    }

    @Test
    void aModelThatCameCalibratedIsNotCalibratedAgain() throws Exception {
        ModelBundle model = ModelCalibration.calibrated(
                TestModels.bundled(), SAMPLES, spark.sparkContext().hadoopConfiguration());

        RunReport.Precision precision = new ClassifyJob(spark, settings(Precision.INT8, 0.98), model)
                .run()
                .report()
                .precision();

        assertThat(precision.calibratedOnSample()).isFalse();
        assertThat(precision.images()).isEqualTo(64);
    }

    @Test
    void halfPrecisionNeedsAGpu() {
        assertThatThrownBy(() -> run(settings(Precision.FP16, 0)))
                .hasMessage("fp16 is for GPUs, and this task has none: use --precision bf16 or fp32");
    }

    private Outcome run(JobSettings settings) throws Exception {
        return new ClassifyJob(spark, settings, TestModels.bundled()).run();
    }

    private List<Row> rows() {
        Dataset<Row> rows = spark.read().parquet(folder.resolve("scores").toString());
        // In a batch of another size the last digit of a score may be another.
        return rows.select(col("path"), col("status"), col("label"), round(col("score"), 4))
                .orderBy("path")
                .collectAsList();
    }

    private JobSettings settings(Precision precision, double minAgreement) {
        return settings(SAMPLES, "scores", precision, minAgreement);
    }

    private JobSettings settings(String input, String output, Precision precision, double minAgreement) {
        return new JobSettings(
                List.of(input),
                new SourceSettings(
                        InputFormat.FILES,
                        List.of(),
                        SourceSettings.PARENT_DIRECTORY,
                        SourceSettings.DEFAULT_ID_COLUMN,
                        SourceSettings.DEFAULT_CONTENT_COLUMN,
                        SourceSettings.DEFAULT_TABLE_FORMAT),
                folder.resolve(output).toString(),
                Mode.RESUME,
                new ChunkLimits(150, 1 << 30),
                0.05,
                minAgreement,
                ScoringSettings.builder()
                        .precision(precision)
                        .device(DeviceChoice.CPU)
                        .build());
    }
}
