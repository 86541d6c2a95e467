package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;

/**
 * Programs below float32 against the float32 program, on networks of every shape that can be imported. Their weights are random and
 * their logits near each other, so that errors are large: what is tested is that each part of each program computes the right thing.
 */
class PrecisionParityTest {
    @TempDir
    static Path folder;

    static Stream<FineTunedNetwork> networks() throws Exception {
        return FineTunedNetwork.all().stream()
                .filter(network -> !network.text("name").contains("elu"));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void outputsAreNearThoseOfFloat32(FineTunedNetwork network) throws Exception {
        ModelBundle model = bundle(network);
        List<byte[]> images = images(network);
        try (ScoringModel exact = ScoringModel.load(model, Precision.FP32, Device.cpu(), false)) {
            Calibration calibration = Calibrator.calibrate(model, exact, images);
            List<float[]> expected = outputs(exact, images);
            try (ScoringModel bf16 = ScoringModel.load(model, Precision.BF16, Device.cpu(), false);
                    ScoringModel int8 =
                            ScoringModel.load(model.with(calibration), Precision.INT8, Device.cpu(), false)) {
                assertThat(bf16.isFallback()).isFalse();
                assertThat(relativeError(expected, outputs(bf16, images))).isBetween(1e-5, 0.2);
                assertThat(relativeError(expected, outputs(int8, images))).isBetween(1e-4, 0.3);
            }
        }
    }

    @Test
    void eluBetweenConvolutionsHasNoInt8() throws Exception {
        ModelBundle model = bundle(FineTunedNetwork.named("elu_between"));

        assertThatThrownBy(() -> ScoringSettings.builder()
                        .precision(Precision.INT8)
                        .build()
                        .resolveFor(model))
                .hasMessage(
                        "int8 is not supported for networks with ELU between convolutions: set `precision` to bf16");
        try (ScoringModel bf16 = ScoringModel.load(model, Precision.BF16, Device.cpu(), false)) {
            assertThat(bf16.isFallback()).isFalse();
        }
    }

    private static ModelBundle bundle(FineTunedNetwork network) throws Exception {
        ImportedNetwork imported = network.read(folder);
        return ModelBundle.of(
                imported,
                Preprocessing.keras(Interpolation.NEAREST),
                Collections.nCopies(imported.architecture().classes(), "class"));
    }

    private static List<byte[]> images(FineTunedNetwork network) {
        return IntStream.range(0, network.outputs().size())
                .mapToObj(network::pixels)
                .toList();
    }

    private static List<float[]> outputs(ScoringModel model, List<byte[]> images) {
        try (BatchPredictor predictor = model.newPredictor(images.size())) {
            return predictor.predict(images).stream()
                    .map(output -> output.embedding().orElse(output.logits()))
                    .toList();
        }
    }

    /** The root of the mean square of the differences, as a share of that of the values. */
    private static double relativeError(List<float[]> expected, List<float[]> actual) {
        double differences = 0;
        double values = 0;
        for (int image = 0; image < expected.size(); image++) {
            for (int i = 0; i < expected.get(image).length; i++) {
                differences += Math.pow(expected.get(image)[i] - actual.get(image)[i], 2);
                values += Math.pow(expected.get(image)[i], 2);
            }
        }
        return Math.sqrt(differences / values);
    }
}
