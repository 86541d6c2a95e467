package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;
import org.sparkxception.model.FormulaWeights;

/** The file that Keras published, from {@code import-model} to the scores in Parquet. */
@LongTest
class PublishedModelTest {
    private static final String GOLDENS = "/org/sparkxception/goldens/";

    @TempDir
    Path folder;

    @Test
    void logitsAndEmbeddingsInTheResultsAreThoseOfKeras() throws IOException {
        Path weights = folder.resolve("xception_weights_tf_dim_ordering_tf_kernels.h5");
        FormulaWeights.writePublished(weights);
        Path labels = Files.writeString(
                folder.resolve("imagenet_class_index.json"),
                IntStream.range(0, 1000)
                        .mapToObj(i -> "\"%d\": [\"n%08d\", \"class %d\"]".formatted(i, i, i))
                        .collect(Collectors.joining(", ", "{", "}")));
        Path images = Files.createDirectory(folder.resolve("images"));
        JsonNode expected = json("keras_logits.json");
        JsonNode expectedEmbeddings = json("keras_embeddings.json");
        for (var image : expected.properties()) {
            try (InputStream stream = getClass().getResourceAsStream(GOLDENS + image.getKey())) {
                Files.copy(stream, images.resolve(image.getKey()));
            }
        }

        CommandLineRun imported = CommandLineRun.of(
                "import-model", "--weights=" + weights, "--labels=" + labels, "--output=" + folder.resolve("model"));
        assertThat(imported.exitCode()).isZero();
        assertThat(imported.out())
                .contains("Xception with 22,910,480 parameters, 1000 classes, input 299×299, nearest resize");
        CommandLineRun classified = CommandLineRun.of(
                "classify",
                "--model=" + folder.resolve("model"),
                "--input=" + images,
                "--output=" + folder.resolve("scores"),
                "--all-scores",
                "--embedding",
                "--activation=none");
        assertThat(classified.exitCode()).isZero();

        List<Row> rows = TestSpark.session()
                .read()
                .parquet(folder.resolve("scores").toString())
                .collectAsList();
        assertThat(rows).hasSize(4);
        for (Row row : rows) {
            String path = row.getAs("path");
            String name = path.substring(path.lastIndexOf('/') + 1);
            JsonNode logits = expected.get(name);
            List<Float> scores = row.getList(row.fieldIndex("scores"));
            assertThat(scores).hasSize(1000);
            int best = 0;
            for (int i = 0; i < 1000; i++) {
                assertThat((double) scores.get(i)).isCloseTo(logits.get(i).asDouble(), within(1e-3));
                best = logits.get(i).asDouble() > logits.get(best).asDouble() ? i : best;
            }
            assertThat(row.<String>getAs("label")).isEqualTo("class " + best);
            List<Float> embedding = row.getList(row.fieldIndex("embedding"));
            assertThat(embedding).hasSize(2048);
            for (int i = 0; i < 2048 && expectedEmbeddings.has(name); i++) {
                assertThat((double) embedding.get(i))
                        .isCloseTo(expectedEmbeddings.get(name).get(i).asDouble(), within(1e-3));
            }
        }
    }

    private static JsonNode json(String name) throws IOException {
        try (InputStream stream = PublishedModelTest.class.getResourceAsStream(GOLDENS + name)) {
            return new JsonMapper().readTree(stream);
        }
    }
}
