package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;

/** The JSON Schemas in the jar, of what programs read. */
public final class JsonSchemas {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonSchema REPORT = schema("report/report.schema.json");
    private static final JsonSchema EVENT = schema("lineage/event.schema.json");

    private JsonSchemas() {}

    /** Asserts that the report of an output is as its schema says. */
    public static JsonNode requireValidReport(Path output) throws IOException {
        JsonNode report = JSON.readTree(output.resolve("_run/report.json").toFile());
        assertThat(faultsOfReport(report)).isEmpty();
        return report;
    }

    /** What the schema does not allow in a report. */
    public static Set<ValidationMessage> faultsOfReport(JsonNode report) {
        return REPORT.validate(report);
    }

    /** What the schema does not allow in an event of lineage. */
    public static Set<ValidationMessage> faultsOfEvent(JsonNode event) {
        return EVENT.validate(event);
    }

    /** A schema as JSON, by its name in the jar. */
    public static JsonNode text(String name) {
        try (InputStream stream = JsonSchemas.class.getResourceAsStream(name)) {
            return JSON.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonSchema schema(String name) {
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(text(name), config);
    }
}
