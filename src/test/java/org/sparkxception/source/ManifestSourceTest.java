package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.LongTest;
import org.sparkxception.UserException;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;

/** Manifests of every kind; the files lie in a directory beside them. */
class ManifestSourceTest extends SourceContract {
    @Override
    void write(String container, List<Item> items) throws IOException {
        List<String> lines = new ArrayList<>(List.of("kind,path"));
        for (Item item : items) {
            put(container + "-files/" + item.name(), item.content());
            lines.add(item.truth() + "," + quoted(container + "-files/" + item.name()));
        }
        Files.writeString(data.resolve(container + ".csv"), String.join("\n", lines) + "\n");
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = Path.of(data + "/" + name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    @Override
    String path(String container, String name) {
        return "file:" + data + "/" + container + "-files/" + name;
    }

    @Override
    SourceSettings source(String truth) {
        return new SourceSettings.Manifest("path", truth, List.of());
    }

    @Override
    String truthOption() {
        return "kind";
    }

    @Override
    List<String> oddNames() {
        return List.of(
                "with space",
                "100%20",
                "a#1",
                "what?",
                "all*",
                "[x]{y}",
                "it's \"so\", or not",
                "back\\slash",
                "back\\",
                "été/靴",
                "a:b",
                "new\nline",
                "_a",
                ".b");
    }

    @Override
    String nothingThere() {
        return "no manifest found in file:" + data
                + ": 0 files do not end with one of .csv, .csv.gz, .json, .jsonl, .ndjson, .json.gz, .jsonl.gz, "
                + ".ndjson.gz, .parquet, and 0 names are hidden";
    }

    @LongTest
    @ParameterizedTest
    @ValueSource(strings = {"m.csv", "m.csv.gz", "m.json", "m.jsonl.gz", "m.ndjson", "m.parquet"})
    void everyKindOfManifestGivesTheSameRows(String name) throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("grey.png"));
        List<List<String>> entries = new ArrayList<>();
        entries.add(List.of("a.png", "Bag"));
        entries.add(List.of(data + "/b.png", "01"));
        entries.add(List.of("file://" + data + "/./nowhere.png", "Bag"));
        manifest(name, entries);

        run(settings(source("label"), data + "/" + name, output(), Mode.RESUME));

        assertThat(rows().select("path", "status", "truth").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1), row -> row.getString(2))
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/a.png", "ok", "Bag"),
                        tuple("file:" + data + "/b.png", "ok", "01"),
                        tuple("file:" + data + "/nowhere.png", "missing", "Bag"));
        assertThat(rows().filter("status = 'missing'").first().<String>getAs("error"))
                .isEqualTo("the file was not found");
    }

    private void manifest(String name, List<List<String>> entries) throws IOException {
        StringBuilder text = new StringBuilder();
        if (name.contains(".parquet")) {
            StructType schema =
                    new StructType().add("path", DataTypes.StringType).add("label", DataTypes.StringType);
            spark.createDataFrame(
                            entries.stream()
                                    .map(entry -> RowFactory.create(entry.toArray()))
                                    .toList(),
                            schema)
                    .coalesce(1)
                    .write()
                    .parquet(folder + "/" + name);
            try (Stream<Path> parts = Files.list(folder.resolve(name))) {
                Path part = parts.filter(file -> file.toString().endsWith(".parquet"))
                        .findFirst()
                        .orElseThrow();
                Files.move(part, data.resolve(name));
            }
            return;
        }
        if (name.contains(".csv")) {
            text.append("\uFEFFpath,label\n");
            entries.forEach(entry -> text.append(String.join(",", entry)).append('\n'));
        } else {
            for (List<String> entry : entries) {
                Map<String, String> fields = new TreeMap<>(Map.of("path", entry.get(0), "label", entry.get(1)));
                text.append(new JsonMapper().writeValueAsString(fields)).append('\n');
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        put(name, name.endsWith(".gz") ? TarSourceTest.gzip(bytes) : bytes);
    }

    @Test
    void anEntryWithoutAPathIsARow() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.writeString(data.resolve("m.jsonl"), """
                {"path": "a.png"}
                {"path": null, "label": "x"}
                {"path": "", "label": "y"}
                {"label": "x"}
                """);

        Outcome outcome = run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/a.png", "ok"),
                        tuple("file:" + data + "/m.jsonl#{\"label\":\"x\",\"path\":null}", "missing"),
                        tuple("file:" + data + "/m.jsonl#{\"label\":\"y\",\"path\":\"\"}", "missing"));
        assertThat(rows().filter("status = 'missing'").first().<String>getAs("error"))
                .isEqualTo("the manifest entry has no path: it is null or empty");
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void whatIsNoFileIsARow() throws Exception {
        Files.createDirectory(data.resolve("directory"));
        Files.writeString(
                data.resolve("m.csv"),
                "path\ndirectory\nnofs://x/y.png\nabfss://x@y.z/y.png\nftp://x/y.png\ndirectory/a/b.png\n");

        run(settings());

        String invalid = "it is not a valid Hadoop path, or its filesystem is not available";
        assertThat(rows().select("path", "status", "error").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1), row -> row.getString(2))
                .containsExactlyInAnyOrder(
                        tuple(
                                "file:" + data + "/directory",
                                "unreadable",
                                "it is a directory: a manifest must list files"),
                        tuple("nofs://x/y.png", "unreadable", invalid),
                        tuple("abfss://x@y.z/y.png", "unreadable", invalid),
                        tuple("ftp://x/y.png", "unreadable", invalid),
                        tuple("file:" + data + "/directory/a/b.png", "missing", "the file was not found"));
    }

    @Test
    void anEntryWithAPasswordOrASignatureIsARowWithoutIt() throws Exception {
        put("what?.png", resource("rgb.png"));
        put("me@home?token=5.png", resource("rgb.png"));
        Files.writeString(data.resolve("m.jsonl"), """
                {"path": "what?.png"}
                {"path": "me@home?token=5.png"}
                {"path": "https://b.s3.amazonaws.com/signed.jpg?X-Amz-Expires=9&X-Amz-Signature=SECRET"}
                {"path": " s3a://KEY:SECRET@bucket/key.jpg", "label": "https://h/l?token=SECRET"}
                {"path": "nofs://me:SECRET@host/password.jpg"}
                {"path": "abfss://c@a.dfs.core.windows.net/sas.jpg?sv=1&sig=SECRET"}
                {"path": "", "label": "https://h/l?token=SECRET"}
                """);

        run(settings(source("label"), data.toString(), output(), Mode.RESUME));

        assertThat(rows().select("path", "status", "truth").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1), row -> row.getString(2))
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/what?.png", "ok", null),
                        tuple("file:" + data + "/me@home?token=5.png", "ok", null),
                        tuple("https://b.s3.amazonaws.com/signed.jpg", "unreadable", null),
                        tuple(" s3a://bucket/key.jpg", "unreadable", "https://h/l?token=sha256:0917b13a9091915d"),
                        tuple("nofs://host/password.jpg", "unreadable", null),
                        tuple("abfss://c@a.dfs.core.windows.net/sas.jpg", "unreadable", null),
                        tuple(
                                "file:" + data + "/m.jsonl#{\"label\":\"https://h/l?token=sha256:0917b13a9091915d\","
                                        + "\"path\":\"\"}",
                                "missing",
                                "https://h/l?token=sha256:0917b13a9091915d"));
        assertThat(rows().toJSON().collectAsList()).noneMatch(row -> row.contains("SECRET"));
        assertThat(rows().filter("path like 'https://b%'").first().<String>getAs("error"))
                .isEqualTo("its URI had a password or a query, such as a signature, which was removed and is never"
                        + " used: configure credentials in the storage settings, and first download files that"
                        + " only such a URL can open");
    }

    @Test
    void aPathThatIsListedWithSeveralTruthsHasTheSmallest() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.writeString(data.resolve("m.csv"), "path,label\na.png,c\n./a.png,b\n" + data + "/a.png,d\na.png,\n");

        Outcome outcome = run(settings(source("label"), data.toString(), output(), Mode.RESUME));

        assertThat(rows().select("path", "truth").collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1))
                .containsExactly(tuple("file:" + data + "/a.png", "b"));
        assertThat(outcome.report().plan().duplicates()).isEqualTo(3);
    }

    @Test
    void theTruthMayBeTheDirectory() throws Exception {
        put("Bag/a.png", resource("rgb.png"));
        Files.writeString(data.resolve("m.csv"), "path\nBag/a.png\nCoat/b.png\n");

        run(settings(source(SourceSettings.PARENT_DIRECTORY), data.toString(), output(), Mode.RESUME));

        assertThat(rows().select("truth").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder("Bag", "Coat");
    }

    @Test
    void manifestsOfADirectoryMayHaveTheirColumnsInAnotherOrder() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.writeString(data.resolve("m.csv"), "path,label\na.png,x\n");
        Files.writeString(data.resolve("n.csv"), "label,path\ny,b.png\n");
        Files.writeString(data.resolve("o.json"), "{\"path\": \"c.png\"}\n");

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("file:" + data + "/a.png", "ok"),
                        tuple("file:" + data + "/b.png", "missing"),
                        tuple("file:" + data + "/c.png", "missing"));
    }

    @Test
    void whatHasNotTheColumnsOrIsNoManifestIsRefused() throws Exception {
        Files.writeString(data.resolve("m.csv"), "file,label\na.png,x\n");
        Files.writeString(data.resolve("m.txt"), "a.png\n");
        Files.writeString(data.resolve("empty.csv"), "");
        Files.writeString(data.resolve("no.parquet"), "<html>not found</html>");

        for (var refused : Set.of(
                Map.entry("m.csv", "m.csv has no column path (`id-column`): it has file STRING,label STRING"),
                Map.entry("empty.csv", "empty.csv has no column path (`id-column`): it has none"),
                Map.entry("no.parquet", "no.parquet] cannot be read: "),
                Map.entry("m.txt", "m.txt is not a manifest: its name must end with one of .csv"))) {
            assertThatThrownBy(
                            () -> run(settings(source("none"), data + "/" + refused.getKey(), output(), Mode.RESUME)))
                    .isInstanceOfSatisfying(
                            UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
                    .hasMessageContaining(refused.getValue());
        }
    }

    @Test
    void anUpdateScoresAFileThatWasMissingBefore() throws Exception {
        Files.writeString(data.resolve("m.csv"), "path\na.png\n");
        run(settings());
        put("a.png", resource("rgb.png"));
        touch(data.resolve("a.png"), Instant.parse("2026-01-01T00:00:00Z"));

        run(settings(source("none"), data.toString(), output(), Mode.RETRY_FAILED));

        assertThat(statuses()).containsExactly(tuple("file:" + data + "/a.png", "ok"));
    }

    /** Before there was a column for it, an entry that is not a file was planned as a record of the manifest. */
    @Test
    void aPlanOfAnEarlierVersionIsResumedWithTheSameRows() throws Exception {
        put("a.png", resource("rgb.png"));
        Instant modified = Instant.parse("2026-01-01T00:00:00Z");
        touch(data.resolve("a.png"), modified);
        Files.createDirectory(data.resolve("directory"));
        Files.writeString(data.resolve("m.jsonl"), """
                {"path": "a.png", "label": "Bag"}
                {"path": null, "label": "Coat"}
                {"path": "nofs://x/y.png"}
                {"path": "directory"}
                {"path": "ftp://me:SECRET@host/b.png"}
                {"path": "nowhere.png"}
                """);
        JobSettings settings = settings(source("label"), data.toString(), output(), Mode.RESUME);
        run(settings);
        String manifest = "file:" + data + "/m.jsonl";
        Timestamp never = Timestamp.from(Instant.EPOCH);
        long size = resource("rgb.png").length;
        List<Row> plan = List.of(
                RowFactory.create(
                        "file:" + data + "/a.png", size, Timestamp.from(modified), "Bag", null, null, null, null),
                RowFactory.create(
                        manifest + "#{\"label\":\"Coat\",\"path\":null}", 0L, never, "Coat", null, manifest, 0L, 0L),
                RowFactory.create("nofs://x/y.png", 0L, never, null, null, manifest, 0L, 1L),
                RowFactory.create("file:" + data + "/directory", 0L, never, null, null, manifest, 0L, 2L),
                RowFactory.create("ftp://host/b.png", 0L, never, null, null, manifest, 0L, 3L),
                RowFactory.create("file:" + data + "/nowhere.png", 0L, never, null, null, null, null, null));
        List<Row> before = results();

        replacePlan(plan);
        run(settings);

        assertThat(before)
                .extracting(row -> row.getString(0), row -> row.getString(1))
                .containsExactly(
                        tuple("file:" + data + "/a.png", "ok"),
                        tuple("file:" + data + "/directory", "unreadable"),
                        tuple(manifest + "#{\"label\":\"Coat\",\"path\":null}", "missing"),
                        tuple("file:" + data + "/nowhere.png", "missing"),
                        tuple("ftp://host/b.png", "unreadable"),
                        tuple("nofs://x/y.png", "unreadable"));
        assertThat(results()).isEqualTo(before);
    }

    private List<Row> results() {
        return rows().select("path", "status", "error", "size", "modified", "truth", "label")
                .orderBy("path")
                .collectAsList();
    }

    /** Writes the plan as earlier versions did: one directory per chunk. The run looks as if it had died before it scored. */
    private void replacePlan(List<Row> images) throws IOException {
        Path range;
        try (Stream<Path> files = Files.walk(output().resolve("_run"))) {
            range = files.filter(file -> file.endsWith("plan/00000/range=0"))
                    .findFirst()
                    .orElseThrow();
        }
        delete(range);
        Path run = range.getParent().getParent().getParent();
        delete(run.resolve("chunks"));
        Path parts = run.resolve("plan-00000.json");
        String earlier = Files.readString(parts)
                .replaceFirst("\"directory\" : \"range=0\",\\s+\"part\" : 0", "\"directory\" : \"range=0/part=0\"");
        assertThat(earlier).contains("range=0/part=0");
        Files.writeString(parts, earlier);
        Files.delete(run.resolve(".plan-00000.json.crc"));
        StructType columns =
                StructType.fromDDL("path string, size long, modified timestamp, truth string, version string,"
                        + " container string, start long, record long");
        spark.createDataFrame(images, columns)
                .coalesce(1)
                .write()
                .mode(SaveMode.Overwrite)
                .orc(range.resolve("part=0").toString());
        Files.delete(output().resolve("_SUCCESS"));
        delete(output().resolve("chunk=00000"));
    }
}
