package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
import org.sparkxception.source.SourceSettings;

/** The columns of a manifest or a table beside the scores of its images. */
class KeepColumnsTest extends ClassifiedFolder {
    private static final StructType TYPES = new StructType()
            .add("shot", DataTypes.IntegerType)
            .add("weight", DataTypes.DoubleType)
            .add("price", DataTypes.createDecimalType(9, 2))
            .add("used", DataTypes.BooleanType)
            .add("day", DataTypes.DateType)
            .add("taken", DataTypes.TimestampType)
            .add("local", DataTypes.TimestampNTZType)
            .add("Where it is", DataTypes.StringType);
    private static final Object[] VALUES = {
        7,
        1.5,
        new BigDecimal("12.30"),
        true,
        Date.valueOf("2026-11-24"),
        Timestamp.valueOf("2026-11-24 01:02:03.456789"),
        LocalDateTime.parse("2026-11-24T01:02:03"),
        "Zürich, \"HB\""
    };

    @Test
    void columnsOfAManifestAreTextBesideThePathThatItContains() throws Exception {
        put("a.png", resource("rgb.png"));
        put("sub/b.png", resource("grey.png"));
        manifest("path,shot,note,label\na.png,007,\"one, two\",x\nsub/b.png,8,,y\nno.png,9,gone,z\n,10,no path,z\n");

        run(keeping("shot", "note"));

        assertThat(rows().schema().fieldNames()).endsWith("model", "shot", "note", "given_path", "chunk");
        assertThat(joined("shot", "note", "given_path", "status"))
                .containsExactlyInAnyOrder(
                        RowFactory.create("007", "one, two", "a.png", "ok"),
                        RowFactory.create("8", null, "sub/b.png", "ok"),
                        RowFactory.create("9", "gone", "no.png", "missing"),
                        RowFactory.create("10", "no path", null, "missing"));
        assertThat(rows().filter("shot = '007'").first().<String>getAs("path")).isEqualTo("file:" + images + "/a.png");
    }

    @Test
    void columnsOfAParquetManifestKeepTheirTypes() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        StructType schema = prefixed(new StructType().add("path", DataTypes.StringType));
        spark.createDataFrame(List.of(row("a.png", VALUES), row("b.png", new Object[VALUES.length])), schema)
                .coalesce(1)
                .write()
                .parquet(folder.resolve("written").toString());
        moveParquet(images.resolve("manifest.parquet"));

        run(keeping(TYPES.fieldNames()));

        assertTypesAndValues();
    }

    @Test
    void columnsOfATableKeepTheirTypes() throws Exception {
        StructType schema =
                prefixed(new StructType().add("path", DataTypes.StringType).add("content", DataTypes.BinaryType));
        spark.createDataFrame(
                        List.of(
                                row("a", resource("rgb.png"), VALUES),
                                row("b", new byte[0], new Object[VALUES.length])),
                        schema)
                .coalesce(1)
                .write()
                .parquet(folder.resolve("table").toString());

        run(builder()
                .inputs(List.of(folder.resolve("table").toString()))
                .source(new SourceSettings.Table("parquet", "path", "content", "none", List.of(TYPES.fieldNames())))
                .build());

        assertTypesAndValues();
        assertThat(rows().columns()).doesNotContain("given_path");
    }

    private void assertTypesAndValues() {
        for (StructField field : TYPES.fields()) {
            assertThat(rows().schema().apply(field.name()).dataType()).isEqualTo(field.dataType());
        }
        List<Row> values = rows().orderBy("path")
                .select(TYPES.fieldNames()[0], names().subList(1, VALUES.length).toArray(String[]::new))
                .collectAsList();
        assertThat(values).containsExactly(RowFactory.create(VALUES), RowFactory.create(new Object[VALUES.length]));
    }

    @Test
    void columnsSurviveAnUpdateAndARetry() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", new byte[0]);
        put("c.png", new byte[0]);
        manifest("path,shot\na.png,1\nb.png,2\nc.png,3\n");
        run(keeping("shot"));
        put("d.png", resource("rgb.png"));
        Files.writeString(images.resolve("more.csv"), "shot,path\n4,d.png\n");

        run(builderKeeping("shot").mode(Mode.UPDATE).build());
        put("b.png", resource("grey.png"));
        run(builderKeeping("shot").mode(Mode.RETRY_FAILED).build());

        assertThat(joined("shot", "given_path", "status"))
                .containsExactlyInAnyOrder(
                        RowFactory.create("1", "a.png", "ok"),
                        RowFactory.create("2", "b.png", "ok"),
                        RowFactory.create("3", "c.png", "corrupt"),
                        RowFactory.create("4", "d.png", "ok"));
    }

    @Test
    void anOutputKeepsTheColumnsThatItBeganWith() throws Exception {
        put("a.png", resource("rgb.png"));
        manifest("path,shot,note\na.png,1,x\n");
        run(keeping("shot"));

        assertRefused(
                keeping("note"), ExitCode.OTHER_RUN, "keep-columns is shot in the output and note in this run. Use");
        assertRefused(keeping(), ExitCode.OTHER_RUN, "keep-columns is shot in the output and not set in this run. Use");
        put("b.png", resource("rgb.png"));
        manifest("path,shot,note\na.png,1,x\nb.png,2,y\n");
        assertRefused(
                builderKeeping("shot", "note").mode(Mode.UPDATE).build(),
                ExitCode.OTHER_RUN,
                "the output file:" + output()
                        + " keeps shot STRING,given_path STRING of its dataset, but this run keeps"
                        + " shot STRING,note STRING,given_path STRING: use the `keep-columns` of the output, or choose"
                        + " another `output`");
        assertThat(run(keeping("shot")).nothingLeft()).isTrue();
    }

    @Test
    void anOutputOfAVersionWithoutThisSettingIsResumed() throws Exception {
        put("a.png", resource("rgb.png"));
        manifest("path,shot\na.png,1\n");
        run(keeping());
        Path state = output().resolve("_run/run.json");
        ObjectNode run = (ObjectNode) new JsonMapper().readTree(state.toFile());
        assertThat(((ObjectNode) run.at("/planning")).remove("keep-columns").asText())
                .isEmpty();
        Files.writeString(state, run.toString());
        Files.delete(output().resolve("_run/.run.json.crc"));

        assertThat(run(keeping()).nothingLeft()).isTrue();
        assertRefused(
                keeping("shot"), ExitCode.OTHER_RUN, "keep-columns is not set in the output and shot in this run. Use");
    }

    @Test
    void aColumnThatCannotBeKeptIsNamedWithTheReason() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.writeString(images.resolve("m.jsonl"), "{\"path\": \"a.png\", \"tags\": [\"x\"], \"shot\": 1}\n");

        assertRefused(
                keeping("shoot"),
                ExitCode.INPUT,
                "the manifest file:" + images + "/m.jsonl has no column shoot (`keep-columns`): it has path STRING,shot"
                        + " STRING,tags ARRAY<STRING>");
        assertRefused(
                keeping("tags"),
                ExitCode.INPUT,
                "the column tags (`keep-columns`) must contain text, numbers, booleans, dates or times but is array<string>");
        assertThat(output().resolve("_run/run.json")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "Label", "chunk", "given_path", "shot", ""})
    void aNameThatIsTakenIsRejected(String name) {
        assertThatThrownBy(() -> keeping("shot", name))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("keep-columns must be different names, and none of a column of the results (" + name
                        + ") but was shot," + name);
    }

    @Test
    void secretsInKeptTextsAreNotWritten() throws Exception {
        put("a.png", resource("rgb.png"));
        manifest("path,origin\na.png,https://me:HUSH@h/a.png?x=1\nhttps://me:HUSH@h/b.png,s3a://KEY:HUSH@b/c\n");

        run(keeping("origin"));

        assertThat(joined("origin", "given_path"))
                .containsExactlyInAnyOrder(
                        RowFactory.create("https://h/a.png?x=1", "a.png"),
                        RowFactory.create("s3a://b/c", "https://h/b.png"));
    }

    @Test
    void anImageThatIsListedTwiceHasTheSmallestValues() throws Exception {
        put("a.png", resource("rgb.png"));
        manifest("path,shot\na.png,2\n./a.png,1\na.png,3\n");

        run(keeping("shot"));

        assertThat(joined("shot", "given_path")).containsExactly(RowFactory.create("1", "./a.png"));
    }

    private List<String> names() {
        return List.of(TYPES.fieldNames());
    }

    private static StructType prefixed(StructType schema) {
        StructType all = schema;
        for (StructField field : TYPES.fields()) {
            all = all.add(field);
        }
        return all;
    }

    private static Row row(String path, Object[] values) {
        Object[] all = new Object[values.length + 1];
        all[0] = path;
        System.arraycopy(values, 0, all, 1, values.length);
        return RowFactory.create(all);
    }

    private static Row row(String path, byte[] content, Object[] values) {
        Object[] all = new Object[values.length + 2];
        all[0] = path;
        all[1] = content;
        System.arraycopy(values, 0, all, 2, values.length);
        return RowFactory.create(all);
    }

    private List<Row> joined(String first, String... others) {
        Dataset<Row> selected = rows().select(first, others);
        return selected.collectAsList();
    }

    private void manifest(String text) throws IOException {
        Files.writeString(images.resolve("manifest.csv"), text);
    }

    private void moveParquet(Path to) throws IOException {
        try (var files = Files.list(folder.resolve("written"))) {
            Files.move(
                    files.filter(file -> file.toString().endsWith(".parquet"))
                            .findFirst()
                            .orElseThrow(),
                    to);
        }
    }

    private JobSettings keeping(String... columns) {
        return builderKeeping(columns).build();
    }

    private JobSettings.Builder builderKeeping(String... columns) {
        return builder().source(new SourceSettings.Manifest("path", "none", List.of(columns)));
    }
}
