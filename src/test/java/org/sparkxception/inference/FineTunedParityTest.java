package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.model.Head;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Resize;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.torchscript.Dialect;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/**
 * Networks as people fine-tune and save them with Keras 3 and Keras 2, narrow so that their files can lie here, against what
 * Keras answers. {@code src/test/python/make_models.py} made them.
 */
class FineTunedParityTest {
    private static final String FOLDER = "/org/sparkxception/finetuned/";

    @TempDir
    static Path folder;

    private record Network(JsonNode json) {
        String text(String name) {
            return json.get(name).asText();
        }

        @Override
        public String toString() {
            return text("file");
        }
    }

    static Stream<Network> networks() throws Exception {
        List<Network> networks = new ArrayList<>();
        for (String library : List.of("keras", "tf_keras")) {
            try (InputStream stream = FineTunedParityTest.class.getResourceAsStream(FOLDER + library + ".json")) {
                new JsonMapper().readTree(stream).forEach(json -> networks.add(new Network(json)));
            }
        }
        assertThat(networks).hasSize(29);
        return networks.stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void outputsAreThoseOfKeras(Network network) throws Exception {
        int height = network.json().get("height").asInt();
        int width = network.json().get("width").asInt();
        ImportedNetwork imported = read(network, height);

        assertThat(imported.architecture().inputHeight()).isEqualTo(height);
        assertThat(imported.scaling().isPresent())
                .isEqualTo(network.text("normalises").equals("model"));
        JsonNode outputs = network.json().get("outputs");
        ModelBundle bundle = ModelBundle.of(
                imported,
                imported.scaling()
                        .map(scaling -> new Preprocessing(
                                Resize.pillow(Interpolation.NEAREST), scaling.mean(), scaling.deviation()))
                        .orElseGet(() -> Preprocessing.keras(Interpolation.NEAREST)),
                Collections.nCopies(outputs.get(0).size(), "class"));
        Activation activation = activation(network, imported.architecture().head());
        for (Dialect dialect : Dialect.values()) {
            try (TorchProgram program =
                    TorchProgram.load(TorchScriptCompiler.compile(bundle, dialect, List.of()), Device.cpu())) {
                for (int image = 0; image < outputs.size(); image++) {
                    float[] scores = run(program, image, height, width);
                    activation.apply(scores);
                    assertScores(scores, outputs.get(image), activation == Activation.NONE ? 1e-3f : 1e-4f, network);
                }
            }
        }
    }

    /** What the network ends in is told apart from its logits, so that no score is activated twice. */
    private static Activation activation(Network network, Head head) {
        // Weights alone do not say it: softmax then, as by default.
        String expected = network.text("activation");
        assertThat(head.output().name().toLowerCase(Locale.ROOT)).isEqualTo(expected);
        return Activation.valueOf(expected.toUpperCase(Locale.ROOT));
    }

    private static void assertScores(float[] scores, JsonNode expected, float tolerance, Network network) {
        // Half-precision networks are computed in half precision by Keras, and in single here.
        float allowed = network.text("name").equals("half") ? 0.02f : tolerance;
        assertThat(scores).hasSize(expected.size());
        for (int i = 0; i < scores.length; i++) {
            assertThat(scores[i])
                    .as("class %d", i)
                    .isCloseTo((float) expected.get(i).asDouble(), within(allowed));
        }
    }

    private static ImportedNetwork read(Network network, int height) throws Exception {
        Path file = folder.resolve(network.text("file"));
        try (InputStream stream = FineTunedParityTest.class.getResourceAsStream(FOLDER + network.text("file"))) {
            Files.write(file, stream.readAllBytes());
        }
        boolean weightsAlone = network.text("name").endsWith("_weights");
        InputSize size = new InputSize(weightsAlone ? Optional.of(height) : Optional.empty());
        return file.toString().endsWith(".keras") ? KerasFile.readArchive(file, size) : KerasFile.readHdf(file, size);
    }

    /** Runs a program on the image that the script describes. */
    private static float[] run(TorchProgram program, int image, int height, int width) throws Exception {
        byte[] pixels = new byte[height * width * 3];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++, i++) {
                    pixels[i] = (byte) ((3 + 5 * image) * x + (7 + 2 * image) * y + 59 * c + image * x * y);
                }
            }
        }
        return ProgramRun.outputs(program, pixels, height, width).get(0);
    }
}
