package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.lineage.ReceivedEvents;

/** The events of whole runs, from the command line to a catalog. */
class LineageOptionTest {
    private static final Path IMAGES = Path.of("sample-data/images/Trouser");

    @TempDir
    Path folder;

    @Test
    void aRunThatSucceedsSendsItsStartAndWhatItHasWritten() throws Exception {
        try (ReceivedEvents server = ReceivedEvents.answering(200)) {
            CommandLineRun run = run(IMAGES, "--openlineage=" + server.url());

            assertThat(run.exitCode()).as(run.err()).isZero();
            List<JsonNode> events = server.events();
            assertThat(events)
                    .extracting(event -> event.get("eventType").asText())
                    .containsExactly("START", "COMPLETE");
            assertThat(events)
                    .extracting(event -> event.at("/run/runId").asText())
                    .containsOnly(events.get(0).at("/run/runId").asText());
            JsonNode end = events.get(1);
            assertThat(end.at("/job/name").asText()).isEqualTo("spark-xception");
            assertThat(end.at("/inputs/0"))
                    .hasToString("{\"namespace\":\"file\",\"name\":\"" + IMAGES.toAbsolutePath() + "\"}");
            assertThat(end.at("/outputs/0/name").asText())
                    .isEqualTo(folder.resolve("scores").toString());
            assertThat(end.at("/outputs/0/facets/schema/fields/0"))
                    .hasToString("{\"name\":\"path\",\"type\":\"string\"}");
            JsonNode statistics = end.at("/outputs/0/outputFacets/outputStatistics");
            List<Path> files = resultFiles();
            assertThat(statistics.get("rowCount").asLong()).isEqualTo(24);
            assertThat(statistics.get("fileCount").asLong()).isEqualTo(files.size());
            assertThat(statistics.get("size").asLong())
                    .isEqualTo(files.stream()
                            .mapToLong(file -> file.toFile().length())
                            .sum());
            JsonNode facet = end.at("/run/facets/sparkXception_classification");
            assertThat(facet.get("mode").asText()).isEqualTo("resume");
            assertThat(facet.get("imagesByStatus")).hasToString("{\"ok\":24}");
            assertThat(facet.get("scored").asLong()).isEqualTo(24);
            assertThat(facet.at("/model/name").asText()).isEqualTo("bundled");
            assertThat(facet.at("/model/precision").asText()).isEqualTo("fp32");
            JsonNode report = Launched.report(folder.resolve("scores"));
            assertThat(facet.at("/model/fingerprint")).isEqualTo(report.at("/model/fingerprint"));
            assertThat(facet.get("fingerprint")).isEqualTo(report.get("fingerprint"));
        }
    }

    @Test
    void aRunWithTooManyFailuresFailsAndStillSendsWhatItHasWritten() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.copy(IMAGES.resolve("00024.png"), images.resolve("good.png"));
        Files.write(images.resolve("empty.png"), new byte[0]);
        Path file = folder.resolve("events.jsonl");

        CommandLineRun run = run(images, "--openlineage=" + file, "--max-failed-fraction=0.1");
        CommandLineRun nowhere = run(folder.resolve("no-images"), "--openlineage=" + file, "--mode=overwrite");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(nowhere.exitCode()).isEqualTo(3);
        List<JsonNode> events = ReceivedEvents.in(file);
        assertThat(events)
                .extracting(event -> event.get("eventType").asText())
                .containsExactly("START", "FAIL", "START", "FAIL");
        assertThat(events.get(1).at("/run/facets/errorMessage/message").asText())
                .isEqualTo("1 of 2 images failed (50.0%), more than --max-failed-fraction 0.1 allows. All results are"
                        + " written; the column error has the reason for each");
        assertThat(events.get(1).at("/run/facets/sparkXception_classification/imagesByStatus"))
                .hasToString("{\"corrupt\":1,\"ok\":1}");
        assertThat(events.get(1)
                        .at("/outputs/0/outputFacets/outputStatistics/rowCount")
                        .asLong())
                .isEqualTo(2);
        assertThat(events.get(3).at("/run/facets/errorMessage/message").asText())
                .isEqualTo("the input file:" + folder.resolve("no-images") + " does not exist: check --input");
        assertThat(events.get(3).at("/outputs/0/outputFacets").isMissingNode()).isTrue();
    }

    @Test
    void aCatalogThatIsDownFailsNoRun() throws Exception {
        CommandLineRun run = run(IMAGES, "--openlineage=" + ReceivedEvents.nowhere(), "--quiet");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.complaint()).isEmpty();
        assertThat(resultFiles()).isNotEmpty();
    }

    @Test
    void aKeyInTheUrlIsRejectedWithItsPlace() {
        CommandLineRun run = run(IMAGES, "--openlineage=https://user:HUSH@catalog.example");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("HUSH");
        assertThat(run.complaint())
                .isEqualTo(
                        "spark-xception: --openlineage has a user, a password or a query in its URL, which would appear"
                                + " in logs: remove it, and set the environment variable OPENLINEAGE_API_KEY");
    }

    @Test
    @LongTest
    void aRunThatIsInterruptedIsAborted() throws Exception {
        Path file = folder.resolve("events.jsonl");
        Launched run = Launched.command(
                folder.resolve("log"),
                Map.of(),
                Launched.javaCommand(
                        List.of("-Xmx1g"),
                        Main.class,
                        List.of(
                                "classify",
                                "--input=sample-data/images",
                                "--output=" + folder.resolve("scores"),
                                "--openlineage=" + file)));
        while (!Files.exists(file) || Files.size(file) == 0) {
            assertThat(run.process().isAlive()).as(run.output()).isTrue();
            Thread.sleep(20);
        }

        run.process().destroy();

        assertThat(run.exitCode()).as(run.output()).isEqualTo(143);
        assertThat(ReceivedEvents.in(file))
                .extracting(event -> event.get("eventType").asText())
                .containsExactly("START", "ABORT");
    }

    private CommandLineRun run(Path images, String... options) {
        return CommandLineRun.of(Stream.concat(
                        Stream.of(
                                "classify",
                                "--input=" + images,
                                "--output=" + folder.resolve("scores"),
                                "--master=local[2]"),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    private List<Path> resultFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("scores"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
    }
}
