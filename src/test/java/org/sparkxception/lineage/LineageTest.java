package org.sparkxception.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.filesystem.FilesystemDatasetUtils;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.InvalidSetting;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;

/** What catalogs receive, apart from the job. */
class LineageTest {
    private static final String ID = "0196f1c2-7d35-7a61-9c0b-5a4f0d6c1e22";
    private static final String ROOT_ID = "0196f1c2-7d35-7a61-9c0b-5a4f0d6c1e23";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "file:/data/images,                            file,                                    /data/images",
        "file:///data/images/,                         file,                                    /data/images",
        "file:/,                                       file,                                    /",
        "hdfs://node:8020/data/images,                 hdfs://node:8020,                        /data/images",
        "hdfs://cluster/,                              hdfs://cluster,                          /",
        "s3a://photos/2026/11,                         s3://photos,                             2026/11",
        "s3://photos/2026,                             s3://photos,                             2026",
        "s3a://photos/,                                s3://photos,                             /",
        "gs://photos/2026/11/,                         gs://photos,                             2026/11",
        "abfss://c@acc.dfs.core.windows.net/2026/11,   abfss://c@acc.dfs.core.windows.net,      /2026/11",
        "abfs://c@acc.dfs.core.windows.net/2026,       abfs://c@acc.dfs.core.windows.net,       /2026",
        "wasbs://c@acc.blob.core.windows.net/2026/11,  wasbs://c@acc.blob.core.windows.net,     2026/11"
    })
    void datasetsHaveTheNamesThatOpenLineageGivesThem(URI uri, String namespace, String name) {
        DatasetIdentifier official = FilesystemDatasetUtils.fromLocation(uri);

        assertThat(DatasetName.of(uri)).isEqualTo(new DatasetName(namespace, name));
        assertThat(new DatasetName(official.getNamespace(), official.getName()))
                .isEqualTo(new DatasetName(namespace, name));
    }

    @Test
    void theExampleOfTheGuideIsAnEvent() throws Exception {
        String guide = Files.readString(Path.of("docs/how-to/lineage.md"));
        String example = guide.substring(guide.indexOf("```json") + "```json".length(), guide.lastIndexOf("```"));

        assertThat(ReceivedEvents.checked(example).get("eventType").asText()).isEqualTo("COMPLETE");
    }

    @Test
    void theParentComesFromTheEnvironment() throws Exception {
        try (ReceivedEvents server = ReceivedEvents.answering(201)) {
            start(
                            server.url(),
                            Map.of(
                                    "OPENLINEAGE_PARENT_ID",
                                    "https://airflow.example/prod/spark_xception.classify/" + ID,
                                    "OPENLINEAGE_ROOT_PARENT_ID",
                                    "prod/spark_xception/" + ROOT_ID,
                                    "OPENLINEAGE_NAMESPACE",
                                    "other",
                                    "OPENLINEAGE_API_KEY",
                                    "k-123"))
                    .fail("no images in s3a://KEY:SECRET@bucket/in", Optional.empty());

            List<JsonNode> events = server.events();
            assertThat(server.requests())
                    .extracting(ReceivedEvents.Request::path)
                    .containsExactly("POST /api/v1/lineage", "POST /api/v1/lineage");
            assertThat(server.requests())
                    .extracting(ReceivedEvents.Request::authorization)
                    .containsOnly("Bearer k-123");
            assertThat(events)
                    .extracting(event -> event.get("eventType").asText())
                    .containsExactly("START", "FAIL");
            assertThat(events)
                    .extracting(event -> event.at("/run/runId").asText())
                    .containsOnly(events.get(0).at("/run/runId").asText());
            assertThat(events).allSatisfy(event -> {
                assertThat(event.at("/run/facets/parent/run/runId").asText()).isEqualTo(ID);
                assertThat(event.at("/run/facets/parent/job/namespace").asText())
                        .isEqualTo("https://airflow.example/prod");
                assertThat(event.at("/run/facets/parent/job/name").asText()).isEqualTo("spark_xception.classify");
                assertThat(event.at("/run/facets/parent/root/run/runId").asText())
                        .isEqualTo(ROOT_ID);
                assertThat(event.at("/job/namespace").asText()).isEqualTo("https://airflow.example/prod");
                assertThat(event.at("/job/name").asText()).isEqualTo("tests");
                assertThat(event.at("/inputs/0/name").asText()).isEqualTo("/data/images");
                assertThat(event.at("/inputs/1/name").asText())
                        .isEqualTo(Path.of("more").toAbsolutePath().toString());
                assertThat(event.at("/outputs/0/namespace").asText()).isEqualTo("file");
            });
            assertThat(events.get(1).at("/run/facets/errorMessage/message").asText())
                    .isEqualTo("no images in s3a://bucket/in");
        }
    }

    @Test
    void anInvalidParentIsLeftOutAndTheFirstEndCounts() throws Exception {
        Path file = folder.resolve("new/events.jsonl");

        Lineage lineage = start(file.toUri().toString(), Map.of("OPENLINEAGE_PARENT_ID", "prod/task"));
        lineage.fail("a reason", Optional.empty());
        lineage.fail("another", Optional.empty());

        List<JsonNode> events = ReceivedEvents.in(file);
        assertThat(events).extracting(event -> event.get("eventType").asText()).containsExactly("START", "FAIL");
        assertThat(events.get(0).at("/run/facets/parent").isMissingNode()).isTrue();
        assertThat(events.get(0).at("/job/namespace").asText()).isEqualTo("default");
    }

    @Test
    void aDestinationThatDoesNotTakeEventsIsNoError() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        try (ReceivedEvents server = ReceivedEvents.answering(503)) {
            start(server.url() + "/own/path", Map.of()).fail("a reason", Optional.empty());

            assertThat(server.requests())
                    .extracting(ReceivedEvents.Request::path)
                    .containsExactly("POST /own/path", "POST /own/path");
            assertThat(server.requests())
                    .extracting(ReceivedEvents.Request::authorization)
                    .containsOnly("null");
        }
        start(ReceivedEvents.nowhere().toString(), Map.of()).fail("a reason", Optional.empty());
        start(directory.toString(), Map.of()).fail("a reason", Optional.empty());
        start(folder.resolve("events").toString(), Map.of()).complete(() -> {
            throw new java.io.IOException("the output is gone");
        });

        assertThat(ReceivedEvents.in(folder.resolve("events"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3a://bucket/events", "http://", "http:///path", "https://a b", "file://host/x"})
    void aDestinationIsAnHttpUrlOrALocalFile(String setting) {
        assertThatThrownBy(() -> Destination.of(setting, Map.of()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("openlineage must be an http or https URL, or a local file but was " + setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://user:HUSH@catalog", "https://HUSH@catalog/", "https://catalog/?api_key=HUSH"})
    void aSecretInTheUrlIsRejectedAndNotRepeated(String setting) {
        assertThatThrownBy(() -> Destination.of(setting, Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "`openlineage` has a user, a password or a query in its URL, which would appear in logs: remove"
                                + " it, and set the environment variable OPENLINEAGE_API_KEY");
    }

    private static Lineage start(String destination, Map<String, String> environment) {
        return Lineage.start(
                Destination.of(destination, environment),
                TestSpark.session(),
                List.of("/data/images", "more", "file:/data/images/"),
                "scores",
                environment);
    }
}
