package org.sparkxception.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;

/** What Prometheus reads of a driver while the job runs, against what the documentation and the dashboard promise. */
@LongTest
@TestInstance(Lifecycle.PER_CLASS)
class MetricsIT {
    private static final String PREFIX =
            "metrics_spark_xception_driver_plugin_org_sparkxception_metrics_MetricsPlugin_";

    /** So many copies of the samples that the run lasts for a while. */
    private static final int COPIES = 12;

    private static final Pattern NAME = Pattern.compile(PREFIX + "\\w+");

    @TempDir
    static Path folder;

    /** One page after another, as long as the driver answered. */
    private final List<String> pages = new ArrayList<>();

    @BeforeAll
    void scrapeRun() throws Exception {
        Path images = folder.resolve("images");
        try (Stream<Path> samples = Files.walk(Path.of("sample-data/images"))) {
            for (Path sample : samples.filter(Files::isRegularFile).toList()) {
                for (int copy = 0; copy < COPIES; copy++) {
                    Path directory = Files.createDirectories(images.resolve(String.valueOf(copy)));
                    Files.copy(
                            sample, directory.resolve(sample.getParent().getFileName() + "-" + sample.getFileName()));
                }
            }
        }
        int port = freePort();
        Launched run = Launched.start(
                folder.resolve("log"),
                Map.of(),
                List.of(
                        "classify",
                        "--input",
                        images.toString(),
                        "--output",
                        folder.resolve("scores").toString(),
                        "--spark-conf",
                        "spark.ui.enabled=true",
                        "--spark-conf",
                        "spark.ui.port=" + port,
                        "--spark-conf",
                        "spark.executor.heartbeatInterval=500ms"));
        URI page = URI.create("http://127.0.0.1:" + port + "/metrics/prometheus/");
        HttpClient http = HttpClient.newHttpClient();
        while (run.process().isAlive()) {
            try {
                var answer = http.send(
                        HttpRequest.newBuilder(page)
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        BodyHandlers.ofString());
                if (answer.body().contains(PREFIX)) {
                    pages.add(answer.body());
                }
            } catch (IOException e) {
                // The driver's UI is not there yet, or not any more.
            }
            Thread.sleep(200);
        }
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    @Test
    void valuesRiseWhileTheJobRuns() {
        for (String name :
                List.of("rows_Count", "scored_Count", "bytes_Count", "batches_Count", "predict_seconds_Value")) {
            List<Double> values = values(name);
            assertThat(values).as(name).isSorted();
            assertThat(Set.copyOf(values)).as(name).hasSizeGreaterThanOrEqualTo(3);
        }
        assertThat(values("model_loads_Count")).endsWith(1.0);
        assertThat(values("images_per_second_Value").get(pages.size() - 1)).isPositive();
    }

    @Test
    void failedImagesAreCountedByReason() {
        double failed =
                last("failed_corrupt_Count") + last("failed_unsupported_Count") + last("failed_too_large_Count");

        assertThat(last("rows_Count")).isEqualTo(last("scored_Count") + failed);
        assertThat(last("failed_corrupt_Count")).isPositive();
    }

    @Test
    void theDocumentedNamesAreThoseExported() throws IOException {
        Set<String> documented = Pattern.compile("^\\| `(\\w+_(Count|Value))`", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs/how-to/monitoring.md")))
                .results()
                .map(row -> PREFIX + row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> exported = names(pages.get(pages.size() - 1));
        // Spark prints the value of a gauge twice, also under this name.
        exported.removeIf(name -> name.endsWith("_Number"));

        assertThat(exported).isNotEmpty().isEqualTo(documented);
    }

    @Test
    void everyMetricOfTheDashboardIsExported() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(Path.of("docs/how-to/grafana-dashboard.json")));
        Set<String> shown = new TreeSet<>();
        dashboard.findValuesAsText("expr").forEach(expression -> shown.addAll(names(expression)));

        assertThat(shown).hasSizeGreaterThan(10);
        assertThat(names(pages.get(pages.size() - 1))).containsAll(shown);
    }

    private double last(String name) {
        return values(name).get(pages.size() - 1);
    }

    private List<Double> values(String name) {
        Pattern line = Pattern.compile("^" + PREFIX + name + "\\{.*} (\\S+)$", Pattern.MULTILINE);
        return pages.stream()
                .map(page -> line.matcher(page)
                        .results()
                        .findFirst()
                        .map(match -> Double.valueOf(match.group(1)))
                        .orElseThrow(() -> new AssertionError(name + " is not in " + page)))
                .toList();
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
