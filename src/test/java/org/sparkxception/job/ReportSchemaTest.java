package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ValidationMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.JsonSchemas;
import org.sparkxception.source.SourceSettings;

/** What {@code report.json} has, for programs. All tests of jobs compare their reports with the schema. */
class ReportSchemaTest extends ClassifiedFolder {
    @Test
    void theReportStatesWhenAndHowTheRunEnded() throws Exception {
        put("Bag/good.png", resource("rgb.png"));
        put("Coat/empty.png", new byte[0]);
        Instant before = Instant.now();

        run(builder()
                .source(new SourceSettings.Files(List.of(), "parent-directory"))
                .modelName("xception-7")
                .maxFailedFraction(0.25)
                .chunkImages(100)
                .chunkBytes(5_000_000)
                .scoring(scoring().maxBytes(70_000).build())
                .build());

        JsonNode report = JsonSchemas.requireValidReport(output());
        Instant startedAt = Instant.parse(report.get("startedAt").asText());
        assertThat(startedAt).isAfterOrEqualTo(before);
        assertThat(Instant.parse(report.get("endedAt").asText()))
                .isAfter(startedAt)
                .isBeforeOrEqualTo(Instant.now());
        assertThat(report.get("outcome")).hasToString("{\"name\":\"too_many_failures\",\"exitCode\":4}");
        assertThat(report.get("mode").asText()).isEqualTo("resume");
        assertThat(report.get("limits"))
                .hasToString("{\"chunkImages\":100,\"chunkBytes\":5000000,\"maxPixels\":1000000,\"maxBytes\":70000,"
                        + "\"maxFailedFraction\":0.25,\"minAgreement\":0.0}");
        assertThat(report.at("/model/name").asText()).isEqualTo("xception-7");
        assertThat(report.at("/settings/scoring/topK").asText()).isEqualTo("5");
        assertThat(report.at("/settings/planning/inputFormat").asText()).isEqualTo("files");
        assertThat(report.at("/versions").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("sparkXception", "spark", "java");
    }

    @Test
    void anUpdateThatSucceedsStatesIt() throws Exception {
        put("first.png", resource("rgb.png"));
        run(settings());
        put("second.png", resource("rgb.png"));

        run(builder().mode(Mode.UPDATE).build());

        JsonNode report = JsonSchemas.requireValidReport(output());
        assertThat(report.get("outcome")).hasToString("{\"name\":\"succeeded\",\"exitCode\":0}");
        assertThat(report.get("mode").asText()).isEqualTo("update");
    }

    @Test
    void theSchemaAllowsNoOtherKeyAndNoOtherWordAnywhere() throws Exception {
        put("good.png", resource("rgb.png"));
        run(settings());
        JsonNode report = JsonSchemas.requireValidReport(output());

        List<String> accepted = new ArrayList<>();
        List<ObjectNode> objects = new ArrayList<>();
        collect(report, objects);
        for (ObjectNode object : objects) {
            object.put("a word", "of no schema");
            if (JsonSchemas.faultsOfReport(report).isEmpty()) {
                accepted.add(object.toString());
            }
            object.remove("a word");
        }
        ((ObjectNode) report.get("outcome")).put("name", "fine");

        assertThat(objects).hasSizeGreaterThan(12);
        assertThat(accepted).isEmpty();
        assertThat(JsonSchemas.faultsOfReport(report))
                .extracting(ValidationMessage::getMessage)
                .containsExactly(
                        "/outcome/name: does not have a value in the enumeration [\"succeeded\", \"too_many_failures\"]");
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> collect(child, objects));
    }
}
