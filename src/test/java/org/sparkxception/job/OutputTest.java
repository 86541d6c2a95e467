package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;

/** What a run may touch of an output, and what an output holds when a run was broken off or could not do what it wanted. */
class OutputTest {
    @TempDir
    Path folder;

    private final SparkSession spark = TestSpark.session();

    @BeforeEach
    void allowEverything() throws IOException {
        Files.createDirectory(folder.resolve("images"));
        StuckFileSystem.stuck = "";
        spark.sparkContext().hadoopConfiguration().setClass("fs.stuck.impl", StuckFileSystem.class, FileSystem.class);
    }

    @Test
    void anInputUnderTheOutputIsRefusedAndNothingIsDeleted() throws Exception {
        put("images/a.png");
        run(builder());
        put("scores/chunk=00000/more/b.png");

        assertRefused(
                builder().inputs(List.of(folder + "/scores/chunk=00000/more")).mode(Mode.OVERWRITE),
                ExitCode.USAGE,
                "the input file:" + folder + "/scores/chunk=00000/more is inside the output file:" + folder
                        + "/scores, where the job replaces and deletes files: choose another `output`");

        Files.delete(folder.resolve("scores/chunk=00000/more/b.png"));
        assertThat(rows().count()).isEqualTo(1);
    }

    @Test
    void anInputThatLiesUnderTheOutputByALinkIsRefused() throws Exception {
        put("scores/images/a.png");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("scores"));

        assertRefused(
                builder().inputs(List.of(folder + "/link/images")),
                ExitCode.USAGE,
                "the input file:" + folder + "/link/images is inside the output");
    }

    @Test
    void anOutputThatAGlobOfTheInputFindsIsRefused() throws Exception {
        put("images/a.png");

        assertRefused(
                builder().inputs(List.of(folder + "/{images,sc*}")),
                ExitCode.USAGE,
                "the output file:" + folder + "/scores is inside the input file:" + folder + "/{images,sc*}");
        assertThat(run(builder().inputs(List.of(folder + "/im[a-z]*"))).exitCode())
                .isEqualTo(ExitCode.COMPLETE);
    }

    @Test
    void anOverwriteWithAMistypedOrEmptyInputDeletesNothing() throws Exception {
        put("images/a.png");
        run(builder());
        Files.createDirectory(folder.resolve("empty"));

        for (String input : List.of("/nowhere", "/empty")) {
            assertRefused(
                    builder()
                            .inputs(List.of(folder + input))
                            .mode(Mode.OVERWRITE)
                            .scoring(ScoringSettings.builder().topK(2).build()),
                    ExitCode.INPUT,
                    "");
            assertThat(run(builder()).nothingLeft()).isTrue();
            assertThat(rows().count()).isEqualTo(1);
        }
    }

    @Test
    void anOverwriteDeletesOnlyWhatARunWrote() throws Exception {
        put("images/a.png");
        run(builder());
        Files.writeString(folder.resolve("scores/notes.txt"), "irreplaceable");
        Files.createDirectories(folder.resolve("scores/_drafts"));
        Files.writeString(folder.resolve("scores/_drafts/thesis.txt"), "irreplaceable");

        assertThat(run(overwriteWithTopK(2)).exitCode()).isEqualTo(ExitCode.COMPLETE);

        assertThat(folder.resolve("scores/notes.txt")).hasContent("irreplaceable");
        assertThat(folder.resolve("scores/_drafts/thesis.txt")).hasContent("irreplaceable");
        Files.delete(folder.resolve("scores/notes.txt"));
        assertThat(rows().selectExpr("size(predictions)").first().getInt(0)).isEqualTo(2);
    }

    @Test
    void anOverwriteWhoseDeletesFailSaysSoAndIsFinishedByTheNextRun() throws Exception {
        put("images/a.png");
        put("images/b.png");
        run(builder().chunkImages(1).output(stuckOutput()));
        StuckFileSystem.stuck = "chunk=00001";

        assertThatThrownBy(() -> run(overwriteWithTopK(2).chunkImages(1).output(stuckOutput())))
                .hasMessageContaining("chunk=00001 cannot be deleted");

        assertThat(folder.resolve("scores/_SUCCESS")).doesNotExist();
        StuckFileSystem.stuck = "";
        ScoringSettings two = ScoringSettings.builder().topK(2).build();
        assertThat(run(builder().chunkImages(1).scoring(two).output(stuckOutput()))
                        .exitCode())
                .isEqualTo(ExitCode.COMPLETE);
        assertThat(rows().selectExpr("size(predictions)").collectAsList())
                .extracting(row -> row.getInt(0))
                .containsExactly(2, 2);
    }

    @Test
    void aRetryThatCannotDeleteWhatItReplacedFailsUntilItCan() throws Exception {
        put("images/a.png");
        Files.write(folder.resolve("images/b.png"), new byte[0]);
        run(builder().output(stuckOutput()));
        put("images/b.png");
        StuckFileSystem.stuck = "chunk=00000";

        assertThatThrownBy(() -> run(builder().mode(Mode.RETRY_FAILED).output(stuckOutput())))
                .hasMessageContaining("chunk=00000 cannot be deleted");

        assertThat(folder.resolve("scores/_SUCCESS")).doesNotExist();
        StuckFileSystem.stuck = "";
        run(builder().output(stuckOutput()));
        assertThat(rows().selectExpr("status").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("ok", "ok");
    }

    @Test
    void rowsThatNoRunWroteAreRefusedBeforeAndAfterTheScoring() throws Exception {
        put("images/a.png");
        run(builder());
        copy(folder.resolve("scores/chunk=00000"), folder.resolve("scores/chunk=00077"));
        String message = "which this run did not write but readers of the output would treat as results";

        for (Mode mode : List.of(Mode.RESUME, Mode.UPDATE, Mode.RETRY_FAILED)) {
            assertRefused(builder().mode(mode), ExitCode.OTHER_RUN, message);
        }
        assertThat(folder.resolve("scores/chunk=00077/_SUCCESS")).exists();

        copy(folder.resolve("scores/chunk=00000"), folder.resolve("scores/elsewhere"));
        assertRefused(overwriteWithTopK(2), ExitCode.OTHER_RUN, message);
        assertThat(rows("scores/chunk=00000").count()).isEqualTo(1);
    }

    @Test
    void aRunThatScoredNothingDoesNotClaimTheOutput() throws Exception {
        put("images/a.png");
        put("others/b.png");
        run(builder());
        // As if the first run had died before its first chunk was whole.
        Files.delete(folder.resolve("scores/_SUCCESS"));
        Files.delete(folder.resolve("scores/chunk=00000/_SUCCESS"));

        ScoringSettings two = ScoringSettings.builder().topK(2).build();
        run(builder().inputs(List.of(folder + "/others")).scoring(two));

        assertThat(rows().selectExpr("path", "size(predictions)").collectAsList())
                .containsExactly(org.apache.spark.sql.RowFactory.create("file:" + folder + "/others/b.png", 2));
    }

    @Test
    void anOutputOfAVersionWithoutRunIdsIsFinished() throws Exception {
        put("images/a.png");
        put("images/b.png");
        run(builder().chunkImages(1));
        Path run = folder.resolve("scores/_run");
        String state = Files.readString(run.resolve("run.json"));
        String id = state.replaceAll("(?s).*\"id\" : \"([^\"]+)\".*", "$1");
        Files.move(run.resolve(id + "/plan-00000.json"), run.resolve("plan-00000.json"));
        Files.move(run.resolve(id + "/plan"), run.resolve("plan"));
        Files.writeString(run.resolve("run.json"), state.replaceAll("\"id\" : \"[^\"]+\",", ""));
        Files.delete(run.resolve(".run.json.crc"));
        Files.delete(folder.resolve("scores/_SUCCESS"));
        Files.delete(folder.resolve("scores/chunk=00001/_SUCCESS"));
        put("images/c.png");

        assertThat(run(builder().chunkImages(1)).report().speed().scored()).isEqualTo(1);
        assertThat(run(builder().chunkImages(1).mode(Mode.UPDATE))
                        .report()
                        .speed()
                        .scored())
                .isEqualTo(1);
        assertThat(rows().count()).isEqualTo(3);
        assertThat(run(overwriteWithTopK(2)).exitCode()).isEqualTo(ExitCode.COMPLETE);
        assertThat(run.resolve("plan")).doesNotExist();
    }

    @Test
    void anUpdateWithAMistypedInputLeavesTheOutputToItsOwn() throws Exception {
        put("images/a.png");
        run(builder());

        assertRefused(
                builder().inputs(List.of(folder + "/nowhere")).mode(Mode.UPDATE), ExitCode.INPUT, "does not exist");

        assertThat(run(builder()).nothingLeft()).isTrue();
    }

    @Test
    void aCompleteOutputNamesWhatIsNewInTheInput() throws Exception {
        put("images/a.png");
        assertThat(run(builder()).unplanned()).isZero();
        assertThat(run(builder()).unplanned()).isZero();
        put("images/b.png");
        put("images/c.png");

        Outcome again = run(builder());

        assertThat(again.nothingLeft()).isTrue();
        assertThat(again.unplanned()).isEqualTo(2);
        assertThat(rows().count()).isEqualTo(1);
    }

    @Test
    void tooManyFailuresAreExplainedByNumbers() throws Exception {
        put("images/a.png");
        Files.write(folder.resolve("images/b.png"), new byte[0]);

        Outcome outcome = run(builder().maxFailedFraction(0.05));

        assertThat(outcome.fault().orElseThrow())
                .hasMessageStartingWith("1 of 2 images failed (50.0%), more than `max-failed-fraction` 0.05 allows");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILURES);
    }

    @Test
    void anOutputWhoseNameIsAGlobIsReadAsItself() throws Exception {
        put("images/a.png");
        put("images/b.png");
        run(builder().output(folder + "/scores1"));
        Files.delete(folder.resolve("images/b.png"));

        Outcome outcome = run(builder().output(folder + "/scores[1]"));

        assertThat(outcome.report().images().total()).isEqualTo(1);
    }

    /** Local files, of which some cannot be deleted. */
    public static final class StuckFileSystem extends RawLocalFileSystem {
        static volatile String stuck = "";

        @Override
        public URI getUri() {
            return URI.create("stuck:///");
        }

        @Override
        public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
            return (stuck.isEmpty() || !path.getName().equals(stuck)) && super.delete(path, recursive);
        }
    }

    private String stuckOutput() {
        return "stuck://" + folder + "/scores";
    }

    private JobSettings.Builder overwriteWithTopK(int topK) {
        return builder()
                .mode(Mode.OVERWRITE)
                .scoring(ScoringSettings.builder().topK(topK).build());
    }

    private JobSettings.Builder builder() {
        return JobSettings.builder(List.of(folder + "/images"), folder + "/scores")
                .maxFailedFraction(1)
                .scoring(ScoringSettings.builder().maxPixels(1_000_000).build());
    }

    private Outcome run(JobSettings.Builder settings) throws Exception {
        return new ClassifyJob(spark, settings.build(), TestModels.bundled()).run();
    }

    private void assertRefused(JobSettings.Builder settings, ExitCode code, String message) {
        assertThatThrownBy(() -> run(settings))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private Dataset<Row> rows() {
        return rows("scores");
    }

    private Dataset<Row> rows(String directory) {
        return spark.read().parquet(folder.resolve(directory).toString());
    }

    private void put(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream stream = OutputTest.class.getResourceAsStream("/org/sparkxception/images/rgb.png")) {
            Files.write(file, stream.readAllBytes());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
