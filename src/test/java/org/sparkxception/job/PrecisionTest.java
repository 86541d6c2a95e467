package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.round;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ExitCode;
import org.sparkxception.JsonSchemas;
import org.sparkxception.LongTest;
import org.sparkxception.TestModels;
import org.sparkxception.TestRuns;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.bundle.ModelCalibration;
import org.sparkxception.inference.DeviceChoice;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.report.RunReport;
import org.sparkxception.report.Summary;
import org.sparkxception.source.SourceContract;
import org.sparkxception.source.SourceSettings;
import org.sparkxception.source.TarSourceTest;

/** Runs below float32, with the bundled model on its sample images. */
class PrecisionTest {
    private static final String SAMPLES = "sample-data/images";
    private static final SourceSettings MANIFEST =
            new SourceSettings.Manifest(SourceSettings.DEFAULT_ID_COLUMN, SourceSettings.NO_TRUTH, List.of());
    private static final SourceSettings TAR = new SourceSettings.Tar(List.of(), SourceSettings.NO_TRUTH);

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

    @LongTest
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
        return TestRuns.own(folder.resolve(output)).resolve("precision.json");
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
                .hasMessage("at int8, the best class matches fp32 for 0.9375 of 64 sample images, but `min-agreement`"
                        + " requires 0.95: use another `precision`");
        assertThat(folder.resolve("scores/chunk=00001/_SUCCESS")).doesNotExist();
    }

    @LongTest
    @Test
    void anEntryOfAManifestThatNamesNoFileDoesNotTakeThePlaceOfTheImages() throws Exception {
        Path manifest = manifest(80, "");

        Outcome outcome = run(settings(MANIFEST, List.of(manifest.toString()), Precision.BF16, 0.98));

        assertThat(outcome.report().images().total()).isEqualTo(81);
        assertThat(outcome.report().precision().images()).isEqualTo(54);
        assertThat(outcome.report().precision().top1()).isGreaterThanOrEqualTo(0.98);
    }

    @LongTest
    @Test
    void int8IsCalibratedOnTheWholeMembersOfAnArchiveThatIsCutOff() throws Exception {
        byte[] tar = TarSourceTest.tar(items(0, 60));
        Path archive = Files.write(folder.resolve("cut.tar"), Arrays.copyOf(tar, tar.length - 11_000));

        RunReport report = run(settings(TAR, List.of(archive.toString()), Precision.INT8, 0.9))
                .report();

        assertThat(report.images().byStatus()).containsEntry("corrupt", 1L);
        long whole = report.images().byStatus().get("ok");
        assertThat(report.precision().calibratedOnSample()).isTrue();
        assertThat(report.precision().images()).isEqualTo(whole - whole / 3);
    }

    @LongTest
    @Test
    void imagesOfEveryKindAreCompared() throws Exception {
        Path plain = Files.write(folder.resolve("plain.tar"), TarSourceTest.tar(items(0, 60)));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(TarSourceTest.tar(items(60, 120)));
        }
        Path gzip = Files.write(folder.resolve("packed.tar.gz"), packed.toByteArray());

        RunReport report = run(settings(TAR, List.of(plain.toString(), gzip.toString()), Precision.BF16, 0.98))
                .report();

        assertThat(report.images().byStatus()).containsEntry("ok", 120L);
        assertThat(report.precision().images()).isEqualTo(64);
    }

    @LongTest
    @Test
    void othersAreTriedForThoseThatCannotBeDecoded() throws Exception {
        Path images = folder.resolve("mixed");
        FileUtils.copyDirectory(new File(SAMPLES), images.toFile());
        for (int i = 0; i < 400; i++) {
            Files.writeString(images.resolve("broken" + i + ".png"), "no image " + i);
        }

        RunReport report = run(settings(SourceSettings.files(), List.of(images.toString()), Precision.BF16, 0.98))
                .report();

        assertThat(report.images().failed()).isEqualTo(406);
        assertThat(report.precision().images()).isEqualTo(64);
    }

    @LongTest
    @Test
    void ofAFewImagesAllThatCanBeDecodedAreCompared() throws Exception {
        Path manifest = manifest(4, "gone.png");

        RunReport report = run(settings(MANIFEST, List.of(manifest.toString()), Precision.BF16, 0.9))
                .report();

        assertThat(report.precision().images()).isEqualTo(3);
        assertThat(report.precision().top1()).isEqualTo(1);
    }

    @LongTest
    @Test
    void whereNothingCanBeComparedTheAgreementIsNotAsAsked() throws Exception {
        Path images = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(images.resolve("a.png"), "no image");

        assertThatThrownBy(() -> run(settings(SourceSettings.files(), List.of(images.toString()), Precision.BF16, 0.5)))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MODEL))
                .hasMessage("`min-agreement` cannot be checked: of the images tried (1), none can be decoded. Check the"
                        + " input, or omit it");
        assertThat(folder.resolve("scores/chunk=00000")).doesNotExist();
    }

    @Test
    void anAgreementThatIsNotKnownIsNotStated() throws Exception {
        Path images = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(images.resolve("a.png"), "no image");

        Outcome outcome = run(settings(SourceSettings.files(), List.of(images.toString()), Precision.BF16, 0));

        assertThat(outcome.report().precision().images()).isZero();
        assertThat(Summary.of(outcome.report(), "", Optional.empty()))
                .contains("precision     bf16: not compared with fp32");
        assertThat(new JsonMapper()
                        .readTree(folder.resolve("scores/_run/report.json").toFile())
                        .at("/precision"))
                .isEqualTo(new JsonMapper()
                        .readTree("{\"name\":\"bf16\",\"calibratedOnSample\":false,\"images\":0,\"tried\":1}"));
        assertThat(Files.readString(folder.resolve("scores/_run/report.html")))
                .contains("<dt>Images compared with fp32</dt><dd>none</dd>");
    }

    @LongTest
    @Test
    void anAgreementOfTooFewImagesIsRefused() throws Exception {
        List<String> inputs = List.of(manifest(4, "gone.png").toString());
        run(settings(MANIFEST, inputs, Precision.BF16, 0));
        Path findings = findings("scores");
        Files.writeString(
                findings,
                Files.readString(findings)
                        .replaceFirst("\"images\" : 3", "\"images\" : 12")
                        .replaceFirst("\"tried\" : 5", "\"tried\" : 8192"));
        Files.delete(findings.resolveSibling(".precision.json.crc"));
        Files.delete(folder.resolve("scores/_SUCCESS"));
        Files.delete(folder.resolve("scores/chunk=00000/_SUCCESS"));

        assertThatThrownBy(() -> run(settings(MANIFEST, inputs, Precision.BF16, 0.5)))
                .hasMessage("`min-agreement` cannot be checked: of the images tried (8,192), only 12 can be decoded and"
                        + " compared with fp32, but 64 are needed. Check the input, or omit it");
    }

    @Test
    void anotherPrecisionIsAnotherRun() throws Exception {
        run(settings(Precision.FP32, 0));

        assertThatThrownBy(() -> run(settings(Precision.BF16, 0)))
                .hasMessageContaining("precision is fp32 in the output and bf16 in this run");
    }

    @LongTest
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
                .hasMessage("fp16 runs only on GPUs, but this task has none: set `precision` to bf16 or fp32");
    }

    private Outcome run(JobSettings settings) throws Exception {
        Outcome outcome = new ClassifyJob(spark, settings, TestModels.bundled()).run();
        JsonSchemas.requireValidReport(Path.of(settings.output()));
        return outcome;
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
        return settings(
                new SourceSettings.Files(List.of(), SourceSettings.PARENT_DIRECTORY),
                List.of(input),
                output,
                precision,
                minAgreement);
    }

    private JobSettings settings(SourceSettings source, List<String> inputs, Precision precision, double minAgreement) {
        return settings(source, inputs, "scores", precision, minAgreement);
    }

    /** A manifest of so many sample images, and an entry that is none. */
    private Path manifest(int images, String other) throws IOException {
        List<String> lines = samples().subList(0, images).stream()
                .map(file -> file.toAbsolutePath().toString())
                .collect(Collectors.toCollection(ArrayList::new));
        lines.add(0, "path,number");
        lines.add(other + ",1");
        return Files.write(folder.resolve("list.csv"), lines);
    }

    private static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(SAMPLES))) {
            // Six of the sample images are broken, and called otherwise.
            return files.filter(file -> file.getFileName().toString().matches("[0-9]+\\..*"))
                    .sorted()
                    .toList();
        }
    }

    private static List<SourceContract.Item> items(int from, int to) throws IOException {
        List<SourceContract.Item> items = new ArrayList<>();
        for (Path file : samples().subList(from, to)) {
            items.add(new SourceContract.Item(
                    file.getParent().getFileName() + "/" + file.getFileName(), Files.readAllBytes(file)));
        }
        return items;
    }

    private JobSettings settings(
            SourceSettings source, List<String> inputs, String output, Precision precision, double minAgreement) {
        return JobSettings.builder(inputs, folder.resolve(output).toString())
                .source(source)
                .chunkImages(150)
                .chunkBytes(1 << 30)
                .minAgreement(minAgreement)
                .scoring(ScoringSettings.builder()
                        .precision(precision)
                        .device(DeviceChoice.CPU)
                        .build())
                .build();
    }
}
