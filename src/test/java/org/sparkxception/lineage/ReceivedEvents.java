package org.sparkxception.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.openlineage.client.OpenLineage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sparkxception.JsonSchemas;

/** Events of OpenLineage as a catalog reads them: an HTTP endpoint, or lines of a file. All are checked. */
public final class ReceivedEvents implements AutoCloseable {
    /** The mapper of OpenLineage's client, but of what it sends, nothing is left out. */
    private static final JsonMapper CLIENT = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.ALWAYS))
            .build();

    /** A request: its path, its authorization, and its body. */
    public record Request(String path, String authorization, String body) {}

    private final HttpServer server;
    private final int status;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private ReceivedEvents(int status) throws IOException {
        this.status = status;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Starts an endpoint that answers with a status. */
    public static ReceivedEvents answering(int status) throws IOException {
        return new ReceivedEvents(status);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new Request(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(status, -1);
        }
    }

    /** The address of the endpoint, without a path. */
    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public List<Request> requests() {
        return requests;
    }

    /** The received events, each checked. */
    public List<JsonNode> events() {
        return requests.stream().map(request -> checked(request.body())).toList();
    }

    /** The events in a file, each checked. */
    public static List<JsonNode> in(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(ReceivedEvents::checked).toList();
    }

    /** Checks an event: its schema allows it, and OpenLineage's client reads it without losing anything. */
    static JsonNode checked(String event) {
        try {
            JsonNode json = CLIENT.readTree(event);
            assertThat(JsonSchemas.faultsOfEvent(json)).as(event).isEmpty();
            OpenLineage.RunEvent read = CLIENT.readValue(event, OpenLineage.RunEvent.class);
            ObjectNode again = (ObjectNode) CLIENT.readTree(CLIENT.writeValueAsBytes(read));
            assertThat(read.getEventTime().toInstant())
                    .isEqualTo(json.get("eventTime").asText());
            again.set("eventTime", json.get("eventTime"));
            assertThat((JsonNode) again).isEqualTo(json);
            assertUnknownIsOnlyOurs(read);
            return json;
        } catch (IOException e) {
            throw new AssertionError(event, e);
        }
    }

    /** The client keeps keys that the specification does not have: of these, only our own facet is allowed. */
    private static void assertUnknownIsOnlyOurs(OpenLineage.RunEvent event) {
        OpenLineage.RunFacets facets = event.getRun().getFacets();
        assertThat(facets.getAdditionalProperties().keySet()).isSubsetOf("sparkXception_classification");
        assertThat(facets.getProcessing_engine().getAdditionalProperties()).isEmpty();
        assertThat(event.getJob().getFacets().getAdditionalProperties()).isEmpty();
        assertThat(event.getJob().getFacets().getJobType().getAdditionalProperties())
                .isEmpty();
        if (facets.getParent() != null) {
            assertThat(facets.getParent().getAdditionalProperties()).isEmpty();
        }
        if (facets.getErrorMessage() != null) {
            assertThat(facets.getErrorMessage().getAdditionalProperties()).isEmpty();
        }
        for (OpenLineage.OutputDataset output : event.getOutputs()) {
            if (output.getOutputFacets() != null) {
                assertThat(output.getOutputFacets().getAdditionalProperties()).isEmpty();
                assertThat(output.getOutputFacets().getOutputStatistics().getAdditionalProperties())
                        .isEmpty();
                assertThat(output.getFacets().getAdditionalProperties()).isEmpty();
                assertThat(output.getFacets().getSchema().getAdditionalProperties())
                        .isEmpty();
            }
        }
    }

    /** The address of a port where nothing listens. */
    public static URI nowhere() throws IOException {
        ReceivedEvents closed = answering(200);
        closed.close();
        return URI.create(closed.url());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
