package org.sparkxception.lineage;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.types.StructField;
import org.sparkxception.Version;
import org.sparkxception.report.RunReport;

/** Writes the events of one run as JSON. {@code event.schema.json} describes them, and the facet of this project. */
final class RunEvents {
    private static final String PRODUCER =
            "urn:spark-xception:" + Version.current().replaceAll("[^\\w.-]+", "");
    private static final String SPEC = "https://openlineage.io/spec/";
    private static final String OWN_FACET =
            "urn:spark-xception:openlineage-event#/$defs/SparkXceptionClassificationRunFacet";
    private static final JsonMapper JSON = new JsonMapper();

    private final UUID id = UUID.randomUUID();
    private final RunOfJob run;

    /** The states of a run that have an event. */
    enum State {
        START,
        COMPLETE,
        FAIL,
        ABORT
    }

    RunEvents(RunOfJob run) {
        this.run = run;
    }

    /**
     * Writes an event, in one line.
     *
     * @param error why the run has failed
     * @param written the results, if they are complete
     */
    String event(State state, Optional<String> error, Optional<WrittenData> written) {
        ObjectNode event = JSON.createObjectNode();
        event.put("eventType", state.name());
        event.put("eventTime", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        event.put("producer", PRODUCER);
        event.put("schemaURL", SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent");
        ObjectNode runNode = event.putObject("run").put("runId", id.toString());
        addRunFacets(runNode.putObject("facets"), error, written);
        ObjectNode job =
                event.putObject("job").put("namespace", run.namespace()).put("name", run.job());
        addFacet(job.putObject("facets"), "jobType", "2-0-3/JobTypeJobFacet")
                .put("processingType", "BATCH")
                .put("integration", "SPARK")
                .put("jobType", "JOB");
        ArrayNode inputs = event.putArray("inputs");
        run.inputs().forEach(input -> addDataset(inputs, input));
        ObjectNode output = addDataset(event.putArray("outputs"), run.output());
        written.ifPresent(data -> addOutputFacets(output, data));
        return event.toString();
    }

    private void addRunFacets(ObjectNode facets, Optional<String> error, Optional<WrittenData> written) {
        addFacet(facets, "processing_engine", "1-1-1/ProcessingEngineRunFacet")
                .put("version", run.sparkVersion())
                .put("name", "spark")
                .put("openlineageAdapterVersion", Version.current());
        run.parent().ifPresent(parent -> {
            ObjectNode facet = addFacet(facets, "parent", "1-1-0/ParentRunFacet");
            addParent(facet, parent);
            run.root().ifPresent(root -> addParent(facet.putObject("root"), root));
        });
        error.ifPresent(message -> addFacet(facets, "errorMessage", "1-0-1/ErrorMessageRunFacet")
                .put("message", message)
                .put("programmingLanguage", "JAVA"));
        written.ifPresent(data -> addOwnFacet(facets, data.report()));
    }

    private static void addParent(ObjectNode facet, ParentRun parent) {
        facet.putObject("run").put("runId", parent.id().toString());
        facet.putObject("job").put("namespace", parent.namespace()).put("name", parent.job());
    }

    private static void addOwnFacet(ObjectNode facets, RunReport report) {
        ObjectNode facet = addFacet(facets, "sparkXception_classification");
        facet.put("_schemaURL", OWN_FACET);
        facet.put("mode", report.mode());
        facet.put("images", report.images().total());
        facet.set("imagesByStatus", JSON.valueToTree(report.images().byStatus()));
        facet.put("scored", report.speed().scored());
        facet.put("fingerprint", report.fingerprint());
        facet.putObject("model")
                .put("name", report.model().name())
                .put("fingerprint", report.model().fingerprint())
                .put("precision", report.precision().name());
    }

    private static void addOutputFacets(ObjectNode output, WrittenData data) {
        ArrayNode fields = addFacet(output.putObject("facets"), "schema", "1-1-1/SchemaDatasetFacet")
                .putArray("fields");
        for (StructField column : data.columns().fields()) {
            fields.addObject()
                    .put("name", column.name())
                    .put("type", column.dataType().simpleString());
        }
        addFacet(output.putObject("outputFacets"), "outputStatistics", "1-0-2/OutputStatisticsOutputDatasetFacet")
                .put("rowCount", data.report().images().total())
                .put("size", data.bytes())
                .put("fileCount", data.files());
    }

    private static ObjectNode addDataset(ArrayNode datasets, DatasetName name) {
        return datasets.addObject().put("namespace", name.namespace()).put("name", name.name());
    }

    /**
     * Adds a facet of the specification.
     *
     * @param schema version and type
     */
    private static ObjectNode addFacet(ObjectNode facets, String key, String schema) {
        String type = schema.substring(schema.indexOf('/') + 1);
        return addFacet(facets, key).put("_schemaURL", SPEC + "facets/" + schema + ".json#/$defs/" + type);
    }

    private static ObjectNode addFacet(ObjectNode facets, String key) {
        return facets.putObject(key).put("_producer", PRODUCER);
    }
}
