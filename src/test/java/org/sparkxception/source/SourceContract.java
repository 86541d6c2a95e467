package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import org.sparkxception.job.ClassifyJob;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;

/** What a run keeps to, whatever its images lie in; with the bundled model, in local mode. */
public abstract class SourceContract {
    @TempDir
    Path folder;

    final SparkSession spark = TestSpark.session();
    Path data;

    /** One image of a dataset; a null name is left out or null. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Item(String name, byte[] content) {
        String truth() {
            return name.contains("/") ? name.substring(0, name.indexOf('/')) : "";
        }
    }

    @BeforeEach
    void makeFolder() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
    }

    /** Writes images to a container of this name under {@link #data}, in this order. */
    abstract void write(String container, List<Item> items) throws IOException;

    /** What the results call an image that was written. */
    abstract String path(String container, String name);

    abstract SourceSettings source(String truth);

    /** What {@code --truth} is to be so that {@link Item#truth} is it. */
    abstract String truthOption();

    abstract List<String> oddNames();

    /** What the message says when there is nothing in the input. */
    abstract String nothingThere();

    /** What becomes of the images of a container that was written anew after it was planned. */
    String statusOfChanged() {
        return "unreadable";
    }

    String errorOfChanged() {
        return "changed since the run was planned";
    }

    /** What {@code --input} is to be for all containers. */
    String input() {
        return data.toString();
    }

    @Test
    void oddNamesAreKeptAsTheyAre() throws Exception {
        List<Item> items = oddNames().stream()
                .map(name -> new Item(name, resource("rgb.png")))
                .toList();
        write("odd one #1", items);

        run(settings());

        assertThat(rows().filter("status = 'ok'").select("path").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrderElementsOf(oddNames().stream()
                        .map(name -> path("odd one #1", name))
                        .toList());
    }

    @Test
    void scoresAreThoseOfTheSameFiles() throws Exception {
        List<String> names = List.of("rgb.png", "grey.png", "lzw.tif", "lossless.webp", "baseline.jpg");
        Path files = Files.createDirectory(folder.resolve("files"));
        for (String name : names) {
            Files.write(files.resolve(name), resource(name));
        }
        write("c", names.stream().map(name -> new Item(name, resource(name))).toList());
        run(settings(SourceSettings.files(), files.toString(), folder.resolve("scores of files"), Mode.RESUME));

        run(settings());

        Map<String, Float> expected = scores(folder.resolve("scores of files"));
        assertThat(scores(output()))
                .hasSize(5)
                .allSatisfy((name, score) -> assertThat(score).isCloseTo(expected.get(name), within(1e-6f)));
        assertThat(rows().filter("size > 0").count()).isEqualTo(5);
        assertThat(Files.readString(output().resolve("_run/report.html")).split("<img src=\"data:image/jpeg", -1))
                .as("between five pictures")
                .hasSize(6);
    }

    @Test
    void aDamagedImageIsOneRowAmongGoodOnes() throws Exception {
        write(
                "c",
                List.of(
                        new Item("a.png", resource("rgb.png")),
                        new Item("b.png", "no image".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        new Item("c.png", new byte[0]),
                        new Item("d.png", resource("grey.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"),
                        tuple(path("c", "b.png"), "unsupported"),
                        tuple(path("c", "c.png"), "corrupt"),
                        tuple(path("c", "d.png"), "ok"));
    }

    @Test
    void anImageOfMoreBytesThanAllowedIsNotRead() throws Exception {
        byte[] large = java.util.Arrays.copyOf(resource("rgb.png"), 100_000);
        write("c", List.of(new Item("a.png", large), new Item("b.png", resource("rgb.png"))));

        run(settings().toBuilder()
                .scoring(ScoringSettings.builder().maxBytes(99_999).build())
                .build());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "a.png"), "too_large"), tuple(path("c", "b.png"), "ok"));
        assertThat(rows().filter("status = 'too_large'").first().<String>getAs("error"))
                .isEqualTo("the file has 100,000 bytes: more than the 99,999 allowed (max-bytes)");
    }

    @Test
    void anImageThatIsThereTwiceIsScoredOnceAndCounted() throws Exception {
        write(
                "c",
                List.of(
                        new Item("a.png", resource("rgb.png")),
                        new Item("b.png", resource("rgb.png")),
                        new Item("a.png", resource("rgb.png"))));

        Outcome outcome = run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "a.png"), "ok"), tuple(path("c", "b.png"), "ok"));
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void theTruthIsKept() throws Exception {
        write("c", List.of(new Item("Bag/a.png", resource("rgb.png")), new Item("Coat/b.png", resource("rgb.png"))));

        Outcome outcome = run(settings(source(truthOption()), input(), output(), Mode.RESUME));

        assertThat(rows().select("path", "truth").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1))
                .containsExactlyInAnyOrder(
                        tuple(path("c", "Bag/a.png"), "Bag"), tuple(path("c", "Coat/b.png"), "Coat"));
        assertThat(outcome.report().evaluation().met()).isEqualTo(1);
    }

    @Test
    void aSecondRunHasNothingLeftAndAnUpdateScoresWhatWasAdded() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png"))));
        run(settings());
        assertThat(run(settings()).nothingLeft()).isTrue();
        write("d", List.of(new Item("b.png", resource("rgb.png")), new Item("e.png", resource("grey.png"))));

        Outcome update = run(settings(source(SourceSettings.NO_TRUTH), input(), output(), Mode.UPDATE));

        assertThat(update.report().speed().scored()).isEqualTo(2);
        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"),
                        tuple(path("d", "b.png"), "ok"),
                        tuple(path("d", "e.png"), "ok"));
    }

    @Test
    void whatChangedSinceItWasPlannedIsNotScoredAsIfItWereTheSame() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png")), new Item("b.png", resource("rgb.png"))));
        run(settings());
        // As if the run had died before it scored.
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00000"));
        write("c", List.of(new Item("b.png", resource("grey.png")), new Item("a.png", resource("grey.png"))));
        touch(data, Instant.parse("2030-01-01T00:00:00Z"));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), statusOfChanged()), tuple(path("c", "b.png"), statusOfChanged()));
        assertThat(rows().select("error").collectAsList())
                .allSatisfy(row -> assertThat(row.getString(0)).contains(errorOfChanged()));
    }

    @Test
    void anInputWithNothingInItIsRefused() {
        assertThatThrownBy(() -> run(settings()))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
                .hasMessageContaining(nothingThere());
    }

    static byte[] resource(String name) {
        try (InputStream stream = SourceContract.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Outcome run(JobSettings settings) throws Exception {
        return new ClassifyJob(spark, settings, TestModels.bundled()).run();
    }

    JobSettings settings() {
        return settings(source(SourceSettings.NO_TRUTH), input(), output(), Mode.RESUME);
    }

    static JobSettings settings(SourceSettings source, String input, Path output, Mode mode) {
        return JobSettings.builder(List.of(input), output.toString())
                .source(source)
                .mode(mode)
                .chunkImages(1000)
                .chunkBytes(1 << 30)
                .maxFailedFraction(1)
                .build();
    }

    Path output() {
        return folder.resolve("scores");
    }

    Dataset<Row> rows() {
        return spark.read().parquet(output().toString());
    }

    List<org.assertj.core.groups.Tuple> statuses() {
        return rows().select("path", "status").collectAsList().stream()
                .map(row -> tuple(row.getString(0), row.getString(1)))
                .toList();
    }

    private Map<String, Float> scores(Path output) {
        return spark.read().parquet(output.toString()).collectAsList().stream()
                .collect(Collectors.toMap(
                        row -> row.<String>getAs("path").replaceFirst(".*/", ""), row -> row.<Float>getAs("score")));
    }

    static void touch(Path tree, Instant time) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
