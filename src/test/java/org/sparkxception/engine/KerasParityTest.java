package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** The full network with the formula's weights against what Keras 3.15.1 computes with the same weights. */
class KerasParityTest {
    @TempDir
    static Path folder;

    private static ModelBundle bundle;

    @BeforeAll
    static void importModel() throws IOException {
        Path file = folder.resolve("xception.h5");
        FormulaWeights.writePublished(file);
        bundle = ModelBundle.of(
                KerasFile.readHdf(file, new InputSize(Optional.empty())),
                Preprocessing.keras(Interpolation.NEAREST),
                Collections.nCopies(1000, "class"));
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "PORTABLE"})
    void logitsAreWithinAThousandthOfKeras(OperatorSet dialect) throws Exception {
        ProgramRun.assertLogits(bundle, dialect, "keras_logits.json");
    }

    /** Finds the first layer that is wrong, where the logits only say that something is. */
    @ParameterizedTest
    @EnumSource(names = {"FUSED", "PORTABLE"})
    void everyLayerIsWithinAThousandthOfKeras(OperatorSet dialect) throws Exception {
        JsonNode reference = ProgramRun.json("keras_activations.json");
        List<JsonNode> layers = new ArrayList<>();
        for (JsonNode layer : reference.get("layers")) {
            // A convolution has no separate output: it is fused with its batch normalization.
            if (!layer.get("class").asText().endsWith("Conv2D")
                    && !layer.get("class").asText().equals("InputLayer")
                    && !layer.get("layer").asText().equals("predictions")) {
                layers.add(layer);
            }
        }
        List<String> names =
                layers.stream().map(layer -> ours(layer.get("layer").asText())).toList();
        assertThat(names).hasSize(92);
        try (TorchProgram program = TorchProgram.loadNetwork(
                out -> TorchScriptCompiler.compile(bundle, dialect, Precision.FP32, 1, names, out), Device.cpu())) {
            List<float[]> outputs = run(program, reference.get("image").asText());
            for (int i = 0; i < names.size(); i++) {
                assertActivations(names.get(i), outputs.get(1 + i), layers.get(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "PORTABLE"})
    void embeddingsAreWithinAThousandthOfKeras(OperatorSet dialect) throws Exception {
        JsonNode expected = ProgramRun.json("keras_embeddings.json");
        assertThat(expected.size()).isEqualTo(2);
        try (TorchProgram program = TorchProgram.loadNetwork(
                out -> TorchScriptCompiler.compile(bundle, dialect, Precision.FP32, 1, List.of("avg_pool"), out),
                Device.cpu())) {
            for (Map.Entry<String, JsonNode> image : expected.properties()) {
                float[] embedding = run(program, image.getKey()).get(1);
                assertThat(embedding).hasSize(2048);
                for (int i = 0; i < embedding.length; i++) {
                    assertThat(embedding[i])
                            .as("value %d of %s", i, image.getKey())
                            .isCloseTo((float) image.getValue().get(i).asDouble(), within(1e-3f));
                }
            }
        }
    }

    private static void assertActivations(String name, float[] actual, JsonNode layer) {
        JsonNode shape = layer.get("shape_nhwc");
        boolean map = shape.size() == 4;
        int height = map ? shape.get(1).asInt() : 1;
        int width = map ? shape.get(2).asInt() : 1;
        assertThat(actual)
                .as(name)
                .hasSize(height * width * shape.get(shape.size() - 1).asInt());
        for (JsonNode value : layer.get("values")) {
            JsonNode at = value.get("at");
            int index = map
                    ? (at.get(2).asInt() * height + at.get(0).asInt()) * width
                            + at.get(1).asInt()
                    : at.get(0).asInt();
            assertThat(actual[index])
                    .as("%s at %s", name, at)
                    .isCloseTo((float) value.get("v").asDouble(), within(1e-3f));
        }
    }

    /** Keras numbers the layers that have no name: {@code conv2d_3}, {@code batch_normalization_1}, {@code add_11}. */
    private static String ours(String keras) {
        List<Integer> downsampling = List.of(2, 3, 4, 13);
        if (keras.startsWith("batch_normalization")) {
            return "block" + downsampling.get(number(keras, "batch_normalization")) + "_residual_bn";
        } else if (keras.startsWith("add")) {
            return "block" + (number(keras, "add") + 2) + "_add";
        }
        return keras;
    }

    private static int number(String name, String prefix) {
        return name.equals(prefix) ? 0 : Integer.parseInt(name.substring(prefix.length() + 1));
    }

    private static List<float[]> run(TorchProgram program, String image) throws Exception {
        return ProgramRun.outputs(program, ProgramRun.golden(image), 299, 299);
    }
}
