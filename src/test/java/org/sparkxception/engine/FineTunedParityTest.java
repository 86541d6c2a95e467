package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.LongTest;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Head;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Resize;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** Networks as people fine-tune and save them with Keras 3, Keras 2 and timm, against what these answer. */
@LongTest
class FineTunedParityTest {
    @TempDir
    static Path folder;

    static Stream<FineTunedNetwork> networks() throws Exception {
        List<FineTunedNetwork> networks = FineTunedNetwork.all();
        assertThat(networks).hasSize(40);
        return networks.stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void outputsAreThoseOfTheLibrary(FineTunedNetwork network) throws Exception {
        int height = network.height();
        int width = network.width();
        ImportedNetwork imported = network.read(folder);

        assertThat(imported.architecture().inputHeight()).isEqualTo(height);
        assertThat(imported.architecture().classes() == 0).isEqualTo(network.isEmbedding());
        assertThat(imported.scaling().isPresent())
                .isEqualTo(network.text("normalises").equals("model"));
        ModelBundle bundle = ModelBundle.of(
                imported,
                imported.scaling()
                        .map(scaling -> new Preprocessing(
                                Resize.pillow(Interpolation.NEAREST), scaling.mean(), scaling.deviation()))
                        .orElseGet(() -> Preprocessing.keras(Interpolation.NEAREST)),
                Collections.nCopies(imported.architecture().classes(), "class"));
        Activation activation = activation(network, imported.architecture().head());
        for (OperatorSet dialect : List.of(OperatorSet.FUSED, OperatorSet.PORTABLE)) {
            try (TorchProgram program = TorchProgram.loadNetwork(
                    out -> TorchScriptCompiler.compile(bundle, dialect, Precision.FP32, 1, List.of(), out),
                    Device.cpu())) {
                for (int image = 0; image < network.outputs().size(); image++) {
                    float[] scores = ProgramRun.outputs(program, network.pixels(image), height, width)
                            .get(0);
                    activation.apply(scores);
                    assertScores(scores, network.outputs().get(image), network.tolerance());
                }
            }
        }
    }

    /** What the network ends in is told apart from its logits, so that no score is activated twice. */
    private static Activation activation(FineTunedNetwork network, Head head) {
        // Weights alone do not say it: softmax then, as by default.
        String expected = network.text("activation");
        if (!network.isOfTimm()) {
            assertThat(head.output().name().toLowerCase(Locale.ROOT)).isEqualTo(expected);
        }
        return Activation.valueOf(expected.toUpperCase(Locale.ROOT));
    }

    private static void assertScores(float[] scores, JsonNode expected, float tolerance) {
        assertThat(scores).hasSize(expected.size());
        for (int i = 0; i < scores.length; i++) {
            assertThat(scores[i])
                    .as("value %d", i)
                    .isCloseTo((float) expected.get(i).asDouble(), within(tolerance));
        }
    }
}
