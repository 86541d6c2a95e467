package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.LongTest;
import org.sparkxception.UserException;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;

/** Tables in Parquet and ORC files. */
@LongTest
class TableSourceTest extends SourceContract {
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("kind", DataTypes.StringType)
            .add("image data", DataTypes.BinaryType);

    @Override
    void write(String container, List<Item> items) {
        List<Row> rows = items.stream()
                .map(item -> RowFactory.create(item.name(), item.name() == null ? "" : item.truth(), item.content()))
                .toList();
        table(rows).write().mode("overwrite").parquet(data + "/" + container);
    }

    private Dataset<Row> table(List<Row> rows) {
        return spark.createDataFrame(rows, SCHEMA).coalesce(1);
    }

    @Override
    String path(String container, String name) {
        return name;
    }

    @Override
    SourceSettings source(String truth) {
        return source(truth, "parquet");
    }

    private static SourceSettings source(String truth, String format) {
        return new SourceSettings.Table(format, "id", "image data", truth, List.of());
    }

    @Override
    String input() {
        // Each container of a test is a table of its own.
        return data + "/*";
    }

    @Override
    String truthOption() {
        return "kind";
    }

    @Override
    List<String> oddNames() {
        return List.of("with space", "100%20", "a#1", "what?", "it's \"so\"", "été/靴", "a:b", "new\nline", "_a", "/c/");
    }

    @Override
    String nothingThere() {
        return "the table file:" + data + "/* cannot be read as parquet: ";
    }

    @Override
    String statusOfChanged() {
        // Spark names the files of a table anew.
        return "missing";
    }

    @Override
    String errorOfChanged() {
        return "the file existed when the run was planned but no longer exists";
    }

    @Test
    void idsAreUrlsWithoutTheirSecretsAndStayApart() throws Exception {
        write(
                "c",
                List.of(
                        new Item("https://h/get?id=1&token=A", resource("rgb.png")),
                        new Item("https://h/get?id=1&token=B", resource("grey.png")),
                        new Item("https://me:SECRET@h/x?y=z", resource("rgb.png"))));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("https://h/get?id=1&token=sha256:559aead08264d579", "ok"),
                        tuple("https://h/get?id=1&token=sha256:df7e70e5021544f4", "ok"),
                        tuple("https://h/x?y=z", "ok"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ln -s ../.git/annex/x more.parquet; it is a broken symbolic link to ../.git/annex/x",
                "mkfifo more.parquet; it is not a regular file: FIFOs, sockets and devices are never opened",
                "ln -s .. more.parquet; it is a symbolic link to one of its parent directories",
                "cp *.parquet more.parquet; its name is not valid UTF-8",
            })
    void aFileThatSparkWouldLeaveOutOrWaitForIsRefused(String command, String why) throws Exception {
        write("c", List.of(new Item("a", resource("rgb.png"))));
        assertThat(new ProcessBuilder("bash", "-c", command.replace("cp *.parquet more", "cp *.parquet $'m\\xF8re'"))
                        .directory(data.resolve("c").toFile())
                        .start()
                        .waitFor())
                .isZero();

        assertThatThrownBy(() -> run(settings()))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
                .hasMessageStartingWith("Spark cannot read " + data + "/c/")
                .hasMessageEndingWith(", which is in the table: " + why + ". Fix it, or move it out of the table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "orc"})
    void rowsOfManyBlocksAreFoundAgain(String format) throws Exception {
        List<Row> rows = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            // Behind the image there is noise, so that the file has several blocks.
            byte[] content = new byte[40_000 + i];
            random.nextBytes(content);
            byte[] image = resource("one-pixel.png");
            System.arraycopy(image, 0, content, 0, image.length);
            rows.add(RowFactory.create("" + i, "", content));
        }
        table(rows)
                .write()
                .option("compression", "none")
                .option("parquet.block.size", 1 << 20)
                .option("orc.stripe.size", 1 << 20)
                .format(format)
                .save(data + "/c");
        table(rows.subList(0, 7)).write().format(format).mode("append").save(data + "/c");

        JobSettings settings = settings(source("none", format), data + "/c", output(), Mode.RESUME);
        Outcome outcome = run(settings.toBuilder().chunkImages(700).build());

        assertThat(rows().filter("status = 'ok' and size = 40000 + cast(path as int)")
                        .count())
                .isEqualTo(2000);
        assertThat(rows().count()).isEqualTo(2000);
        assertThat(outcome.report().plan().duplicates()).isEqualTo(7);
        assertThat(outcome.report().plan().chunks()).isEqualTo(3);
    }

    @Test
    void rowsWithoutAnIdAreCalledByTheHashOfTheirContentAndThoseWithoutContentAreMissing() throws Exception {
        table(List.of(
                        RowFactory.create(null, "", resource("rgb.png")),
                        RowFactory.create(null, "", resource("rgb.png")),
                        RowFactory.create("b", "", null),
                        RowFactory.create("c", "", resource("grey.png"))))
                .write()
                .parquet(data + "/c");

        Outcome outcome = run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("sha256:" + DigestUtils.sha256Hex(resource("rgb.png")), "ok"),
                        tuple("b", "missing"),
                        tuple("c", "ok"));
        assertThat(rows().filter("path = 'b'").first().<String>getAs("error"))
                .isEqualTo("the content of the row is null");
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void idsMayBeNumbersAndTheTruthAPartOfThePath() throws Exception {
        for (int kind : List.of(1, 2)) {
            table(List.of(RowFactory.create("7" + kind, "", resource("rgb.png"))))
                    .selectExpr("cast(id as long) as id", "`image data`")
                    .write()
                    .parquet(data + "/c/label=0" + kind);
        }

        run(settings(source("label"), data + "/c", output(), Mode.RESUME));

        assertThat(rows().select("path", "truth", "status").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1), row -> row.getString(2))
                .containsExactlyInAnyOrder(tuple("71", "01", "ok"), tuple("72", "02", "ok"));
    }

    @Test
    void aFileThatChangedSinceItWasPlannedIsNotRead() throws Exception {
        write("c", List.of(new Item("a", resource("rgb.png"))));
        run(settings());
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00000"));
        touch(data, java.time.Instant.parse("2030-01-01T00:00:00Z"));

        run(settings());

        assertThat(statuses()).containsExactly(tuple("a", "unreadable"));
        assertThat(rows().first().<String>getAs("error")).contains("changed since the run was planned");
    }

    /** As Hugging Face writes datasets of images. */
    @Test
    void fieldsOfStructsAreNamedByDots() throws Exception {
        StructType image = new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
        StructType schema = new StructType().add("image", image).add("meta.kind", DataTypes.StringType);
        List<Row> rows = List.of(
                RowFactory.create(RowFactory.create(resource("rgb.png"), "a.png"), "Bag"),
                RowFactory.create(RowFactory.create(new byte[0], "b.png"), "Coat"));
        spark.createDataFrame(rows, schema).coalesce(1).write().parquet(data + "/c");
        SourceSettings source =
                new SourceSettings.Table("parquet", "image.path", "image.bytes", "meta.kind", List.of());

        run(settings(source, input(), output(), Mode.RESUME));

        assertThat(statuses()).containsExactlyInAnyOrder(tuple("a.png", "ok"), tuple("b.png", "corrupt"));
        assertThat(rows().filter("path = 'a.png'").first().<String>getAs("truth"))
                .isEqualTo("Bag");
    }

    @Test
    void columnsThatAreNotThereOrOfAnotherTypeAreRefused() throws Exception {
        write("c", List.of(new Item("a", resource("rgb.png"))));
        Map<SourceSettings, String> refused = Map.of(
                new SourceSettings.Table("parquet", "name", "image data", "none", List.of()),
                "has no column name (`id-column`): it has id STRING,kind STRING,`image data` BINARY",
                new SourceSettings.Table("parquet", "id", "kind", "none", List.of()),
                "the column kind (`content-column`) must be binary but is string",
                new SourceSettings.Table("parquet", "image data", "image data", "none", List.of()),
                "the column image data (`id-column`) must contain text or numbers but is binary",
                new SourceSettings.Table("parkett", "id", "image data", "none", List.of()),
                "cannot be read as parkett");
        refused.forEach((source, message) -> assertThatThrownBy(
                        () -> run(settings(source, data + "/c", output(), Mode.RESUME)))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
                .hasMessageContaining(message));
    }

    @Test
    void placesMayHaveNamesThatLookLikeGlobs() throws Exception {
        write("a[1]*", List.of(new Item("a", resource("rgb.png"))));
        write("a1", List.of(new Item("b", resource("rgb.png"))));

        run(settings(source("none"), data + "/a[1]*", output(), Mode.RESUME));

        assertThat(statuses()).containsExactly(tuple("a", "ok"));
    }
}
