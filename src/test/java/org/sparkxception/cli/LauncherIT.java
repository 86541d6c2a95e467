package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.TestRuns;
import org.sparkxception.TestSpark;

/** The finished jar through the launcher: in one JVM, and on executors in JVMs of their own. */
@TestInstance(Lifecycle.PER_CLASS)
class LauncherIT {
    private static final String COLUMNS = "path, status, error, width, height, label, round(score, 4), truth";

    @TempDir
    static Path folder;

    private Process local;
    private List<String> localOutput;

    @BeforeAll
    void classifySamples() throws Exception {
        localOutput = new ArrayList<>();
        local = launch(localOutput, "local[2]", "local");
    }

    @Test
    void theSamplesAreClassified() throws Exception {
        assertThat(local.exitValue()).as(String.join("\n", localOutput)).isZero();
        JsonNode report = report("local");
        try (Stream<Path> files = Files.walk(Path.of("sample-data/images"))) {
            assertThat(report.at("/images/total").asLong())
                    .isEqualTo(files.filter(Files::isRegularFile).count());
        }
        assertThat(report.at("/images/byStatus/ok").asLong()).isEqualTo(240);
        assertThat(report.at("/versions/sparkXception").asText()).isEqualTo("0.1.0");
        assertThat(report.at("/images/byStatus/corrupt").asLong()).isEqualTo(3);
        assertThat(report.at("/images/byStatus/unsupported").asLong()).isEqualTo(2);
        assertThat(report.at("/images/byStatus/too_large").asLong()).isEqualTo(1);
        assertThat(report.at("/evaluation/met").asDouble()
                        / report.at("/evaluation/images").asDouble())
                .isGreaterThanOrEqualTo(0.88);
        assertThat(report.at("/model/loads").asInt()).isEqualTo(1);
        assertThat(report.at("/model/fallbacks").asInt()).isZero();
    }

    @Test
    void theJvmPrintsNoWarning() {
        assertThat(localOutput).noneMatch(line -> line.startsWith("WARNING"));
        assertThat(localOutput.get(0)).contains(" INFO ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"with a space", "with:a colon"})
    void theLauncherWorksInAnyDirectory(String name) throws Exception {
        Path home = Files.createDirectory(folder.resolve(name));
        for (String part : List.of("scripts", "conf")) {
            FileUtils.copyDirectory(new File(part), home.resolve(part).toFile());
        }
        Files.createSymbolicLink(home.resolve("target"), Path.of("target").toAbsolutePath());

        assertDescribesTheModel(home.resolve("scripts/spark-xception"));
    }

    @Test
    void theLauncherWorksThroughSymbolicLinks() throws Exception {
        Path scripts = Path.of("scripts").toAbsolutePath();

        assertDescribesTheModel(Files.createSymbolicLink(folder.resolve("link"), scripts.resolve("spark-xception")));
        assertDescribesTheModel(Files.createSymbolicLink(folder.resolve("scripts-link"), scripts)
                .resolve("spark-xception"));
    }

    private static void assertDescribesTheModel(Path launcher) throws Exception {
        Launched run = Launched.command(
                folder.resolve(launcher.getParent().getFileName() + "-" + launcher.getFileName() + ".log"),
                Map.of(),
                List.of(launcher.toString(), "describe-model"));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("labels         10: T-shirt, Trouser");
    }

    @LongTest
    @Test
    void aRunThatIsToldToEndWhileItScoresEndsWithoutACrash() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("classify", "--master", "local[2]", "--output"));
        arguments.add(folder.resolve("ended").toString());
        for (int i = 0; i < 40; i++) {
            Path copy = folder.resolve("many/" + i);
            FileUtils.copyDirectory(new File("sample-data/images/Bag"), copy.toFile());
            arguments.addAll(List.of("--input", copy.toString()));
        }
        Launched run = Launched.start(folder.resolve("ended.log"), Map.of(), arguments);
        Path output = folder.resolve("ended");
        while ((!Files.exists(output.resolve("_run/run.json"))
                        || !Files.exists(TestRuns.own(output).resolve("decoding/00000")))
                && run.process().isAlive()) {
            Thread.sleep(20);
        }
        long pid = run.process().pid();
        run.process().destroy();

        assertThat(run.exitCode()).as(run.output()).isEqualTo(143);
        assertThat(run.output())
                .contains("spark-xception: interrupted: run the same command again to resume\n")
                .doesNotContain("SIGSEGV")
                .doesNotContain("\tat ");
        assertThat(Path.of("hs_err_pid" + pid + ".log")).doesNotExist();
        // What is left there would be decoded in processes of their own.
        assertThat(TestRuns.own(output).resolve("decoding/00000")).isEmptyDirectory();
    }

    @Test
    void executorsOfTheirOwnGiveTheSameRowsAndLoadTheModelOnceEach() throws Exception {
        List<String> output = new ArrayList<>();
        Process process = launch(output, "local-cluster[2,1,1024]", "cluster");

        assertThat(process.exitValue()).as(String.join("\n", output)).isZero();
        assertThat(rows("cluster")).hasSize(246).containsExactlyElementsOf(rows("local"));
        assertThat(report("cluster").at("/model/loads").asInt()).isEqualTo(2);
        // 62, 46, 35, 26, 20, 15, 11, 8, 8, 8 and 7 images.
        assertThat(report("cluster").at("/model/predictors").asInt()).isEqualTo(11);
    }

    @LongTest
    @Test
    void anExecutorThatMayNotLoadNativesIsNamed() throws Exception {
        Path open = Files.createDirectory(folder.resolve("natives"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        Launched run = Launched.start(
                folder.resolve("natives.log"),
                Map.of(),
                List.of(
                        "classify",
                        "--input=sample-data/images/Bag",
                        "--output=" + folder.resolve("no-natives"),
                        "--master=local-cluster[1,1,1024]",
                        "--spark-conf=spark.executor.extraJavaOptions=-Dorg.sparkxception.native-cache=" + open));

        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output())
                .containsPattern("spark-xception: executor 0 on \\S+: native libraries are not loaded from " + open
                        + ", which other users can write to: ")
                .doesNotContain("\tat ");
    }

    @Test
    void duckDbReadsTheResultsAsReadmeShows() throws Exception {
        String query = "SELECT label, count(*) FROM read_parquet('%s/**/*.parquet') WHERE status = 'ok' GROUP BY label"
                .formatted(folder.resolve("local"));
        long images = 0;
        int labels = 0;
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                ResultSet rows = duckDb.createStatement().executeQuery(query)) {
            while (rows.next()) {
                labels++;
                images += rows.getLong(2);
            }
        }
        assertThat(labels).isEqualTo(10);
        assertThat(images).isEqualTo(240);
    }

    private static List<Row> rows(String name) {
        TestSpark.session().read().parquet(folder.resolve(name).toString()).createOrReplaceTempView(name);
        return TestSpark.session()
                .sql("select " + COLUMNS + " from " + name + " order by path")
                .collectAsList();
    }

    private static JsonNode report(String name) throws IOException {
        return new JsonMapper()
                .readTree(folder.resolve(name).resolve("_run/report.json").toFile());
    }

    private static Process launch(List<String> output, String master, String name) throws Exception {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        "scripts/spark-xception",
                        "classify",
                        "--input",
                        "sample-data/images",
                        "--truth",
                        "parent-directory",
                        "--output",
                        folder.resolve(name).toString(),
                        "--master",
                        master)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // As cron and containers have it: names beyond ASCII have to be read all the same.
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        output.addAll(Files.readAllLines(log));
        assertThat(ended).as(String.join("\n", output)).isTrue();
        return process;
    }
}
