package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.TestRuns;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.Activation;
import org.sparkxception.source.SourceSettings;

/** The whole job in local mode, with the bundled model. */
class ClassifyJobTest {
    @TempDir
    Path folder;

    private final SparkSession spark = TestSpark.session();
    private Path images;

    @BeforeEach
    void makeFolder() throws IOException {
        images = Files.createDirectory(folder.resolve("images"));
    }

    @Test
    void everyFileIsOneRowWithTheStatusItEarned() throws Exception {
        put("good.png", resource("rgb.png"));
        put("good.jpg", resource("baseline.jpg"));
        put("truncated.jpg", Arrays.copyOf(resource("baseline.jpg"), 700));
        put("empty.png", new byte[0]);
        put("page.png", "<html>not found</html>".getBytes(StandardCharsets.UTF_8));
        put("bomb.png", bomb());

        Outcome outcome = run(settings());

        assertThat(rows().select("path", "status", "error", "width", "height").collectAsList())
                .extracting(
                        row -> name(row.getString(0)), row -> row.getString(1), row -> row.get(3), row -> row.get(4))
                .containsExactlyInAnyOrder(
                        tuple("good.png", "ok", 48, 32),
                        tuple("good.jpg", "ok", 48, 32),
                        tuple("truncated.jpg", "corrupt", 48, 32),
                        tuple("empty.png", "corrupt", null, null),
                        tuple("page.png", "unsupported", null, null),
                        tuple("bomb.png", "too_large", 60000, 60000));
        assertThat(rows().filter("status = 'ok' and error is null").count()).isEqualTo(2);
        assertThat(rows().filter("status <> 'ok' and error is not null and label is null")
                        .count())
                .isEqualTo(4);
        assertThat(outcome.report().images().byStatus())
                .isEqualTo(Map.of("ok", 2L, "corrupt", 2L, "unsupported", 1L, "too_large", 1L));
        assertThat(outcome.htmlPath()).contains("file:" + output() + "/_run/report.html");
        assertThat(page())
                .contains("<h1>2 of 6 images scored</h1>")
                .contains("file:" + images + "/truncated.jpg")
                .contains("Throughput as a table")
                .containsOnlyOnce("alt=\"good.png\"")
                .containsOnlyOnce("alt=\"good.jpg\"");
    }

    @Test
    void namesThatPeopleAndToolsGiveAreKeptAsTheyAre() throws Exception {
        List<String> names = List.of(
                "with space.png",
                "100%20.png",
                "50%.png",
                "a#1.png",
                "a+b.png",
                "what?.png",
                "all*.png",
                "[x]{y}.png",
                "it's \"so\".png",
                "tab\there.png",
                "back\\slash.png",
                "été.png",
                "靴.png",
                "<img src=x onerror=alert(1)>.png",
                "UP.PNG",
                "a:b.png",
                "semi;colon&co.png",
                "new\nline.png");
        for (String name : names) {
            put(name, resource("rgb.png"));
        }

        run(settings());

        assertThat(rows().filter("status = 'ok'").select("path").collectAsList())
                .extracting(row -> row.getString(0).substring(("file:" + images + "/").length()))
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(page())
                .contains("alt=\"&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;.png\"")
                .doesNotContain("<img src=x");
    }

    @Test
    void directoriesWithSpecialCharactersAreNoGlobs() throws Exception {
        put("a[1]*/x.png", resource("rgb.png"));
        put("a1/y.png", resource("rgb.png"));

        run(settings(images + "/a[1]*"));

        assertThat(rows().select("path").collectAsList())
                .extracting(row -> name(row.getString(0)))
                .containsExactly("x.png");
    }

    @Test
    void globsFindFilesAndDirectories() throws Exception {
        put("2026/01/a.png", resource("rgb.png"));
        put("2026/02/b.png", resource("rgb.png"));
        put("2025/02/c.png", resource("rgb.png"));
        put("2025/02/notes.txt", new byte[] {1});

        Outcome outcome = run(settings(images + "/2026/*", images + "/2025/02/*"));

        assertThat(rows().count()).isEqualTo(3);
        assertThat(outcome.report().plan().excluded()).isEqualTo(1);
    }

    @Test
    void whatIsLeftOutIsCounted() throws Exception {
        put("a.png", resource("rgb.png"));
        put("_b.png", resource("rgb.png"));
        put(".c.png", resource("rgb.png"));
        put("_temporary/d.png", resource("rgb.png"));
        put("readme.md", new byte[] {1});

        Outcome outcome = run(settings(images.toString(), images + "/a.png"));

        assertThat(rows().count()).isEqualTo(1);
        assertThat(outcome.report().plan().hidden()).isEqualTo(3);
        assertThat(outcome.report().plan().excluded()).isEqualTo(1);
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void aGlobThatBeginsWithAnUnderscoreMeansHiddenNamesToo() throws Exception {
        put("_DSC0001.png", resource("rgb.png"));
        put("a.png", resource("rgb.png"));

        run(builder()
                .source(new SourceSettings.Files(List.of("_*.png", "*.png"), "none"))
                .build());

        assertThat(rows().count()).isEqualTo(2);
    }

    @Test
    void theBudgetDecidesOnTheExitCode() throws Exception {
        put("good.png", resource("rgb.png"));
        put("empty.png", new byte[0]);

        assertThat(run(builder().maxFailedFraction(1).build()).exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(run(builder().maxFailedFraction(0).build()).exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILURES);
        assertThat(rows().count()).isEqualTo(2);
    }

    @Test
    void aSecondRunFindsNothingLeftToDo() throws Exception {
        put("good.png", resource("rgb.png"));
        assertThat(run(settings()).nothingLeft()).isFalse();
        Map<Path, FileTime> before = times();

        Outcome second = run(settings());

        assertThat(second.nothingLeft()).isTrue();
        assertThat(second.exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(second.report().images().byStatus()).isEqualTo(Map.of("ok", 1L));
        assertThat(times()).isEqualTo(before);
    }

    @Test
    void whatAnotherRunBeganIsFinishedAndWhatItFinishedIsKept() throws Exception {
        for (int i = 0; i < 10; i++) {
            put(i + ".png", resource("rgb.png"));
        }
        JobSettings settings = builder().chunkImages(3).build();
        run(settings);
        assertThat(output().resolve("chunk=00003")).isDirectory();
        // As if the run had died within chunk 1, and before chunk 3.
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00001/_SUCCESS"));
        delete(output().resolve("chunk=00003"));
        Map<Path, FileTime> before = times();

        Outcome outcome = run(settings);

        assertThat(outcome.report().plan().chunks()).isEqualTo(4);
        assertThat(outcome.report().plan().chunksDoneBefore()).isEqualTo(2);
        assertThat(outcome.report().speed().scored()).isEqualTo(4);
        assertThat(rows().select("path").distinct().count()).isEqualTo(10);
        assertThat(rows().count()).isEqualTo(10);
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000") || file.toString().contains("chunk=00002")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
    }

    /** Where there is no java to start, a decoder of its own cannot be had. */
    @Test
    void anInterruptedChunkIsDecodedAsAnyOther() throws Exception {
        put("a.png", resource("rgb.png"));
        run(settings());
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00000/_SUCCESS"));

        withoutJava(() -> run(settings()));

        assertThat(rows().filter("status = 'ok'").count()).isEqualTo(1);
    }

    @Test
    void whatWasWithADecoderWhenARunCrashedIsDecodedInAProcessOfItsOwn() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(settings());
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00000/_SUCCESS"));
        Path notes = Files.createDirectories(TestRuns.own(output()).resolve("decoding/00000"));
        Files.writeString(notes.resolve("0-left-0.json"), "[\"file:" + images + "/b.png\"]");

        withoutJava(
                () -> assertRefused(settings(), ExitCode.UNEXPECTED, "the isolated decoder process cannot be started"));
        assertThat(notes.resolve("0-left-0.json")).exists();
        run(settings());

        assertThat(rows().filter("status = 'ok'").count()).isEqualTo(2);
        assertThat(notes).doesNotExist();
    }

    private static void withoutJava(Executable action) throws Exception {
        String home = System.getProperty("java.home");
        System.setProperty("java.home", "/gone");
        try {
            action.run();
        } finally {
            System.setProperty("java.home", home);
        }
    }

    private interface Executable {
        void run() throws Exception;
    }

    @Test
    void anImageThatIsGoneIsInThePageWithoutAPicture() throws Exception {
        put("gone.png", resource("rgb.png"));
        put("kept.png", resource("rgb.png"));
        run(settings());
        // As if the run had died before its report.
        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("_run/report.html"));
        Files.delete(images.resolve("gone.png"));

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);

        assertThat(page())
                .contains("<h1>2 of 2 images scored</h1>")
                .contains("title=\"file:" + images + "/gone.png\"")
                .containsOnlyOnce("<img ")
                .contains("alt=\"kept.png\"")
                .containsOnlyOnce("no thumbnail");
    }

    @Test
    void chunksAreClosedByBytesToo() throws Exception {
        byte[] image = resource("rgb.png");
        for (int i = 0; i < 4; i++) {
            put(i + ".png", image);
        }
        run(builder().chunkBytes(2L * image.length).build());
        assertThat(output().resolve("chunk=00001/_SUCCESS")).exists();
        assertThat(output().resolve("chunk=00002")).doesNotExist();
        assertThat(rows().count()).isEqualTo(4);
    }

    @Test
    void anOutputOfOtherSettingsIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));
        run(settings());

        JobSettings other = builder().scoring(scoring().topK(3).build()).build();
        assertRefused(
                other,
                ExitCode.OTHER_RUN,
                "belongs to a run with other settings: top-k is 5 in the output and 3 in this run.");
    }

    @Test
    void anOutputOfOtherInputsIsRefused() throws Exception {
        put("a/good.png", resource("rgb.png"));
        put("b/good.png", resource("rgb.png"));
        run(settings(images + "/a"));

        assertRefused(
                settings(images + "/b"),
                ExitCode.OTHER_RUN,
                "input is file:" + images + "/a in the output and file:" + images + "/b in this run");
    }

    @Test
    void anOutputThatHoldsSomethingElseIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));
        Files.createDirectories(output());
        Files.writeString(output().resolve("thesis.txt"), "irreplaceable");

        assertRefused(settings(), ExitCode.OTHER_RUN, "has files not written by spark-xception");
    }

    @Test
    void anOutputUnderTheInputIsRefused() throws Exception {
        put("good.png", resource("rgb.png"));

        assertRefused(
                builder().output(images + "/scores").build(),
                ExitCode.USAGE,
                "the output file:" + images + "/scores is inside the input file:" + images);
    }

    @Test
    void anInputThatIsNotThereIsRefused() {
        assertRefused(
                settings(images + "/nowhere"),
                ExitCode.INPUT,
                "the input file:" + images + "/nowhere does not exist: check `input`");
    }

    @Test
    void aMistypedInputDoesNotOccupyTheOutput() throws Exception {
        put("good.png", resource("rgb.png"));
        assertRefused(settings(images + "/nowhere"), ExitCode.INPUT, "does not exist: check `input`");

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);

        assertThat(rows().count()).isEqualTo(1);
    }

    @Test
    void anInputWithoutImagesIsRefused() throws Exception {
        put("readme.md", new byte[] {1});
        put("_hidden.png", resource("rgb.png"));

        assertRefused(
                settings(),
                ExitCode.INPUT,
                "the input contains no images: 1 files match no `include`, and 1 names are hidden");
    }

    @Test
    void aNameThatHadoopCannotAddressIsRefused() {
        assertRefused(settings("a:b.jpg"), ExitCode.INPUT, "a:b.jpg is not a valid Hadoop path");
    }

    @Test
    void topKAllScoresAndActivationAreWrittenAsAsked() throws Exception {
        put("good.png", resource("rgb.png"));

        run(builder()
                .scoring(scoring()
                        .topK(3)
                        .allScores(true)
                        .activation(Activation.NONE)
                        .build())
                .build());

        Row row = rows().first();
        List<Row> predictions = row.getList(row.fieldIndex("predictions"));
        List<Float> scores = row.getList(row.fieldIndex("scores"));
        assertThat(predictions).hasSize(3);
        assertThat(scores).hasSize(10);
        assertThat(predictions.get(0).getFloat(2))
                .isEqualTo(scores.stream().max(Float::compare).orElseThrow());
        assertThat(predictions.get(0).getFloat(2))
                .isGreaterThanOrEqualTo(predictions.get(1).getFloat(2));
        assertThat(row.<String>getAs("label")).isEqualTo(predictions.get(0).getString(1));
        assertThat(row.<Float>getAs("score")).isEqualTo(predictions.get(0).getFloat(2));
        assertThat(rows().schema().apply("scores").metadata().getStringArray("labels"))
                .containsExactly(
                        "T-shirt",
                        "Trouser",
                        "Pullover",
                        "Dress",
                        "Coat",
                        "Sandal",
                        "Shirt",
                        "Sneaker",
                        "Bag",
                        "Ankle-boot");
        assertThat(rows().schema().apply("scores").metadata().getString("model"))
                .isEqualTo(TestModels.bundled().fingerprint());
    }

    @Test
    void moreThanThereAreClassesGivesThemAll() throws Exception {
        put("good.png", resource("rgb.png"));

        run(builder()
                .scoring(scoring()
                        .topK(1000)
                        .allScores(true)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());

        Row row = rows().first();
        List<Row> predictions = row.getList(row.fieldIndex("predictions"));
        List<Float> scores = row.getList(row.fieldIndex("scores"));
        assertThat(predictions)
                .extracting(prediction -> prediction.getInt(0))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(predictions)
                .allSatisfy(prediction -> assertThat(prediction.getFloat(2))
                        .isEqualTo(scores.get(prediction.getInt(0)))
                        .isBetween(0f, 1f));
    }

    @Test
    void anEmbeddingIsWrittenWhereItIsAsked() throws Exception {
        put("good.png", resource("rgb.png"));
        put("empty.png", new byte[0]);

        run(builder().scoring(scoring().embedding(true).build()).build());

        assertThat(rows().orderBy("status")
                        .selectExpr("status", "size(embedding)")
                        .collectAsList())
                .extracting(row -> row.getString(0), row -> row.get(1))
                .containsExactly(tuple("corrupt", null), tuple("ok", 384));
        assertThat(rows().schema().apply("embedding").metadata().getString("model"))
                .isEqualTo(TestModels.bundled().fingerprint());
        assertRefused(
                settings(),
                ExitCode.OTHER_RUN,
                "other settings: embedding is true in the output and false in this run.");
    }

    @Test
    void noEmbeddingIsWrittenWhereNoneIsAsked() throws Exception {
        put("good.png", resource("rgb.png"));

        run(settings());

        assertThat(rows().filter("status = 'ok' and embedding is null and scores is null")
                        .count())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void scoresDoNotDependOnTheBatch(int batchSize) throws Exception {
        for (String name : List.of("rgb.png", "grey.png", "lzw.tif", "lossless.webp", "alpha.png")) {
            put(name, resource(name));
        }

        run(builder().scoring(scoring().batchSize(batchSize).build()).build());

        List<Row> rows = rows().orderBy("path").collectAsList();
        // What scripts/training/xception.py gives for Pillow's pixels.
        Map<String, Double> expected = Map.of(
                "rgb.png",
                0.705367,
                "grey.png",
                0.725676,
                "lzw.tif",
                0.705367,
                "lossless.webp",
                0.705367,
                "alpha.png",
                0.705367);
        assertThat(rows).hasSize(5).allSatisfy(row -> {
            assertThat(row.<String>getAs("label")).isEqualTo("Bag");
            assertThat((double) row.<Float>getAs("score"))
                    .isCloseTo(expected.get(name(row.getAs("path"))), within(1e-3));
        });
    }

    @Test
    void theNameOfTheDirectoryCanBeTheTruth() throws Exception {
        Path samples = Path.of("sample-data/images/Trouser").toAbsolutePath();

        Outcome outcome = run(builder()
                .inputs(List.of(samples.toString()))
                .source(new SourceSettings.Files(List.of(), "parent-directory"))
                .build());

        assertThat(outcome.report().evaluation().images()).isEqualTo(24);
        assertThat(outcome.report().evaluation().met()).isGreaterThanOrEqualTo(22);
        assertThat(rows().filter("truth = 'Trouser'").count()).isEqualTo(24);
    }

    @Test
    void theModelIsLoadedOnceAndEachPartitionHasOnePredictor() throws Exception {
        for (int i = 0; i < 40; i++) {
            put(i + ".png", resource("rgb.png"));
        }
        // A model of its own, so that no other test has loaded it.
        Outcome outcome = new ClassifyJob(spark, settings(), TestModels.tiny(71)).run();

        assertThat(outcome.report().model().loads()).isEqualTo(1);
        assertThat(outcome.report().model().predictors()).isEqualTo(5);
        assertThat(outcome.report().model().fallbacks()).isZero();
        assertThat(outcome.report().speed().scored()).isEqualTo(40);
        assertThat(outcome.report().speed().steadyImagesPerSecond()).isPositive();
        assertThat(outcome.report().executors()).singleElement().satisfies(executor -> {
            assertThat(executor.name()).isEqualTo("driver");
            assertThat(executor.device()).isEqualTo("cpu");
            assertThat(executor.engine()).isEqualTo("libtorch 2.7.1");
            assertThat(executor.program()).isEqualTo("fp32");
        });
    }

    @Test
    void whatChangedOrWentAfterThePlanIsSaidSo() throws Exception {
        put("kept.png", resource("rgb.png"));
        put("longer.png", resource("rgb.png"));
        put("later.png", resource("rgb.png"));
        put("gone.png", resource("rgb.png"));
        run(settings());
        // As if the run had died after its plan.
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00000"));
        FileTime time = Files.getLastModifiedTime(images.resolve("longer.png"));
        put("longer.png", Arrays.copyOf(resource("rgb.png"), 10_000));
        Files.setLastModifiedTime(images.resolve("longer.png"), time);
        Files.setLastModifiedTime(images.resolve("later.png"), FileTime.fromMillis(time.toMillis() + 60_000));
        Files.delete(images.resolve("gone.png"));

        run(settings());

        String changed = "the file has changed since the run was planned: use mode update to score the current version";
        assertThat(rows().select("path", "status", "error").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.get(1), row -> row.get(2))
                .containsExactlyInAnyOrder(
                        tuple("kept.png", "ok", null),
                        tuple("longer.png", "unreadable", changed),
                        tuple("later.png", "unreadable", changed),
                        tuple("gone.png", "missing", "the file existed when the run was planned but no longer exists"));
        assertThat(run(builder().mode(Mode.UPDATE).build()).report().speed().scored())
                .isEqualTo(2);
    }

    @Test
    void anUpdateScoresOnlyWhatIsNewOrHasChanged() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(settings());
        Map<Path, FileTime> before = times();
        put("b.png", resource("grey.png"));
        put("c.png", resource("rgb.png"));

        Outcome update = run(builder().mode(Mode.UPDATE).build());

        assertThat(update.nothingLeft()).isFalse();
        assertThat(update.report().speed().scored()).isEqualTo(2);
        assertThat(update.report().images().byStatus()).isEqualTo(Map.of("ok", 4L));
        assertThat(rows().select("path", "chunk").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getInt(1))
                .containsExactlyInAnyOrder(tuple("a.png", 0), tuple("b.png", 0), tuple("b.png", 1), tuple("c.png", 1));
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
        assertThat(run(builder().mode(Mode.UPDATE).build()).nothingLeft()).isTrue();
        assertThat(run(settings()).nothingLeft()).isTrue();
    }

    @Test
    void anUpdateMayBringOtherInputs() throws Exception {
        put("monday/a.png", resource("rgb.png"));
        put("tuesday/b.png", resource("rgb.png"));
        run(settings(images + "/monday"));

        run(builder().inputs(List.of(images + "/tuesday")).mode(Mode.UPDATE).build());

        assertThat(rows().select("path").collectAsList())
                .extracting(row -> name(row.getString(0)))
                .containsExactlyInAnyOrder("a.png", "b.png");
    }

    @Test
    void anOverwriteBeginsAnew() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(builder().chunkImages(1).build());
        Files.delete(images.resolve("b.png"));

        Outcome outcome = run(builder()
                .mode(Mode.OVERWRITE)
                .scoring(scoring().topK(2).build())
                .build());

        assertThat(outcome.report().speed().scored()).isEqualTo(1);
        assertThat(rows().count()).isEqualTo(1);
        assertThat(rows().first().getList(rows().first().fieldIndex("predictions")))
                .hasSize(2);
    }

    @Test
    void aChunkIsWrittenAnewWhereTheStorageStillShowsItsOldFolder() throws Exception {
        TestSpark.session()
                .sparkContext()
                .hadoopConfiguration()
                .setClass("fs.lasting.impl", LastingFolders.class, FileSystem.class);
        put("a.png", resource("rgb.png"));
        String lasting = "lasting://" + output();
        run(builder().output(lasting).build());
        assertThat(Files.deleteIfExists(output().resolve("_SUCCESS"))).isTrue();
        assertThat(Files.deleteIfExists(output().resolve("chunk=00000/_SUCCESS")))
                .isTrue();

        run(builder().output(lasting).build());

        assertThat(rows().count()).isEqualTo(1);
    }

    /** Files whose folders remain when they are deleted, as a store of objects may list them for a while. */
    public static final class LastingFolders extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("lasting:///");
        }

        @Override
        public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
            if (!exists(path) || !getFileStatus(path).isDirectory()) {
                return super.delete(path, false);
            }
            for (FileStatus entry : listStatus(path)) {
                delete(entry.getPath(), true);
            }
            return true;
        }
    }

    @Test
    void aRunEndsWhenNoChunkOfItIsBeingCommittedAnyMore() throws Exception {
        TestSpark.session()
                .sparkContext()
                .hadoopConfiguration()
                .setClass("fs.slow.impl", SlowCommits.class, FileSystem.class);
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));

        assertThatThrownBy(() -> run(
                        builder().output("slow://" + output()).chunkImages(1).build()))
                .isInstanceOf(ChunkFailedException.class)
                .hasStackTraceContaining("no room for");

        assertThat(SlowCommits.COMMITTING).hasValue(0);
        assertThat(output().resolve("chunk=00000/_SUCCESS")).exists();
    }

    @Test
    void anOverwriteDeletesNothingThatNoRunWrote() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.createDirectories(output());
        Files.writeString(output().resolve("thesis.txt"), "irreplaceable");

        assertRefused(builder().mode(Mode.OVERWRITE).build(), ExitCode.OTHER_RUN, "not written by spark-xception");

        assertThat(output().resolve("thesis.txt")).hasContent("irreplaceable");
    }

    @Test
    void aRetryReplacesTheRowsOfWhatFailed() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        put("c.png", new byte[0]);
        put("d.png", resource("rgb.png"));
        JobSettings settings = builder().chunkImages(2).build();
        run(settings);
        Map<Path, FileTime> before = times();
        put("c.png", resource("grey.png"));

        Outcome retry = run(builder().chunkImages(2).mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(1);
        assertThat(retry.report().images().byStatus()).isEqualTo(Map.of("ok", 4L));
        assertThat(rows().select("path", "chunk").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getInt(1))
                .containsExactlyInAnyOrder(tuple("a.png", 0), tuple("b.png", 0), tuple("c.png", 2), tuple("d.png", 2));
        assertThat(output().resolve("chunk=00001")).doesNotExist();
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
        assertThat(run(builder().mode(Mode.RETRY_FAILED).build()).nothingLeft()).isTrue();
        // The labels stand in the files that a retry writes too.
        assertThat(spark.read()
                        .parquet(output().resolve("chunk=00002").toString())
                        .schema()
                        .apply("scores")
                        .metadata()
                        .getStringArray("labels"))
                .startsWith("T-shirt", "Trouser");
    }

    @Test
    void aRetryLeavesOutWhatAnUpdateHasScoredSince() throws Exception {
        put("a.png", new byte[0]);
        put("b.png", new byte[0]);
        run(settings());
        put("a.png", resource("rgb.png"));
        run(builder().mode(Mode.UPDATE).build());
        put("b.png", resource("grey.png"));

        Outcome retry = run(builder().mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(1);
        assertThat(rows().select("path", "size", "status").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getLong(1) > 0, row -> row.getString(2))
                .containsExactlyInAnyOrder(
                        tuple("a.png", false, "corrupt"), tuple("a.png", true, "ok"), tuple("b.png", true, "ok"));
    }

    @Test
    void aRetryFinishesWhatWasBrokenOffFirst() throws Exception {
        put("a.png", new byte[0]);
        put("b.png", resource("rgb.png"));
        run(builder().chunkImages(1).build());
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00001"));
        put("a.png", resource("grey.png"));

        Outcome retry = run(builder().chunkImages(1).mode(Mode.RETRY_FAILED).build());

        assertThat(retry.report().speed().scored()).isEqualTo(2);
        assertThat(retry.report().images().byStatus()).isEqualTo(Map.of("ok", 2L));
    }

    @Test
    void aRetryThatDiedBeforeItDeletedWhatItReplacedIsFinished() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", new byte[0]);
        run(settings());
        Path kept = folder.resolve("kept");
        copy(output().resolve("chunk=00000"), kept);
        put("b.png", resource("rgb.png"));
        run(builder().mode(Mode.RETRY_FAILED).build());
        copy(kept, output().resolve("chunk=00000"));
        Files.delete(output().resolve("_SUCCESS"));

        run(settings());

        assertThat(rows().count()).isEqualTo(2);
        assertThat(rows().filter("status = 'ok' and chunk = 1").count()).isEqualTo(2);
    }

    @Test
    void whileAnotherProcessHoldsTheOutputARunIsRefused() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.createDirectories(output().resolve("_run"));
        Files.writeString(output().resolve("_run/lock"), """
                {"user": "ann", "host": "node7", "process": 4711, "since": "2026-11-24T03:00:00Z",
                 "machine": "", "startTicks": 0, "token": "t"}""");

        assertRefused(
                settings(),
                ExitCode.LOCKED,
                "is locked by process 4711 of ann on node7 since 2026-11-24T03:00:00Z, last heartbeat ");
    }

    @Test
    void theLockOfAProcessThatDiedOnThisMachineIsTakenOverAtOnce() throws Exception {
        put("a.png", resource("rgb.png"));
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        LockHolder self = LockHolder.self();
        LockHolder dead = new LockHolder(
                self.user(), self.host(), process.pid(), self.since(), self.machine(), self.startTicks(), self.token());
        Files.createDirectories(output().resolve("_run"));
        Files.write(output().resolve("_run/lock"), new JsonMapper().writeValueAsBytes(dead));

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private void assertRefused(JobSettings settings, ExitCode code, String message) {
        assertThatThrownBy(() -> run(settings))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private Outcome run(JobSettings settings) throws Exception {
        return new ClassifyJob(spark, settings, TestModels.bundled()).run();
    }

    private Dataset<Row> rows() {
        return spark.read().parquet(output().toString());
    }

    private String page() throws IOException {
        return Files.readString(output().resolve("_run/report.html"));
    }

    private Path output() {
        return folder.resolve("scores");
    }

    private JobSettings settings(String... inputs) {
        return inputs.length == 0
                ? builder().build()
                : builder().inputs(List.of(inputs)).build();
    }

    private JobSettings.Builder builder() {
        return JobSettings.builder(List.of(images.toString()), output().toString())
                .maxFailedFraction(1)
                .scoring(scoring().build());
    }

    private static ScoringSettings.Builder scoring() {
        return ScoringSettings.builder().maxPixels(1_000_000);
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = Path.of(images + "/" + name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = ClassifyJobTest.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        }
    }

    private static byte[] bomb() throws IOException {
        byte[] file = resource("rgb.png");
        ByteBuffer.wrap(file, 16, 8).putInt(60_000).putInt(60_000);
        return file;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Map<Path, FileTime> times() {
        Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> files = Files.walk(output())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return times;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
