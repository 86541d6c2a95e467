package org.sparkxception.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.FineTunedNetwork;
import org.sparkxception.UserException;
import org.sparkxception.ZipBytes;
import org.sparkxception.model.FormulaWeights.Entry;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;

class KerasFileTest {
    @TempDir
    static Path folder;

    private static Map<String, Entry> formula;

    @BeforeAll
    static void makeWeights() throws IOException {
        formula = FormulaWeights.keras();
    }

    @Test
    void theFormulaGivesTheValuesThatKerasHad() {
        assertThat(formula).hasSize(236);
        formula.values()
                .forEach(entry -> assertThat(crc32(entry.tensor().toArray()))
                        .as(entry.name())
                        .isEqualTo(entry.crc32()));
    }

    @Test
    void readsThePublishedNetwork() throws IOException {
        Path file = folder.resolve("published.h5");
        FormulaWeights.writePublished(file);

        ImportedNetwork network = KerasFile.readHdf(file, new InputSize(Optional.empty()));

        assertThat(network.architecture()).isEqualTo(Architecture.paper(1000));
        assertThat(Weights.parameters(network.architecture()).stream()
                        .mapToInt(parameter -> parameter.shape().stream().reduce(1, (a, b) -> a * b))
                        .sum())
                .isEqualTo(22_910_480);
        Tensor stem = network.weights().get("block1_conv1", Weights.KERNEL);
        assertThat(stem.shape()).containsExactly(32, 3, 3, 3);
        // Keras has rows × columns × input × output: the second value there is the second output's first.
        assertThat(stem.at(0)).isEqualTo(0.30739644f);
        assertThat(stem.at(27)).isEqualTo(0.12757835f);
        assertThat(network.weights().get("predictions", Weights.BIAS).at(0)).isEqualTo(-0.10188999f);
    }

    @Test
    void namesTheTensorThatIsMissing() throws IOException {
        Map<String, Entry> without = new LinkedHashMap<>(formula);
        without.remove("block5_sepconv2_bn/moving_variance");

        assertThatThrownBy(() -> read("missing.h5", without))
                .isInstanceOf(UserException.class)
                .hasMessageEndingWith("missing.h5 does not contain an Xception network: the tensor"
                        + " moving_variance of the layer batchnormalization_13 is missing; its shape must be (728)");
    }

    @Test
    void namesTheTensorOfAnotherShape() throws IOException {
        Map<String, Entry> changed = new LinkedHashMap<>(formula);
        Entry whole = changed.get("block14_sepconv1/pointwise_kernel");
        changed.put(
                whole.name(),
                new Entry(whole.name(), whole.published(), "", whole.tensor().reshape(1, 1, 512, 3072)));

        assertThatThrownBy(() -> read("shape.h5", changed))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("of the layer separableconvolution2d_33 has the shape (1, 1, 512, 3072)")
                .hasMessageContaining(", but the network requires (1, 1, 1024, 3072)");
    }

    @Test
    void namesTheTensorWithAValueThatIsNoNumber() throws IOException {
        Map<String, Entry> changed = new LinkedHashMap<>(formula);
        Entry whole = changed.get("predictions/bias");
        float[] values = whole.tensor().toArray();
        values[17] = Float.NaN;
        changed.put(whole.name(), new Entry(whole.name(), whole.published(), "", Tensor.of(values, 1000)));

        assertThatThrownBy(() -> read("nan.h5", changed))
                .hasMessageContaining("the tensor predictions/bias contains NaN at position 17");
    }

    @Test
    void refusesAFileThatIsNoHdf5() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.h5"), "These are not weights.");

        assertThatThrownBy(() -> KerasFile.readHdf(file, new InputSize(Optional.empty())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("notes.h5 cannot be read as an HDF5 weight file");
    }

    @Test
    void refusesAnotherNetwork() throws IOException {
        Map<String, Entry> few = new LinkedHashMap<>();
        List.of("block1_conv1/kernel", "block1_conv2/kernel").forEach(name -> few.put(name, formula.get(name)));

        assertThatThrownBy(() -> read("other.h5", few))
                .hasMessageContaining("it has 2 convolutions and 0 separable convolutions, which is not an Xception");
    }

    @Test
    void aSlopeThatOldKerasSavedAsAnArrayIsUnderstood() throws IOException {
        assertThat(layersOfTheHead("\"alpha\": {\"type\": \"ndarray\", \"value\": 0.1}"))
                .contains(new Head.Activate(Head.Function.LEAKY_RELU, 0.1));
        assertThat(layersOfTheHead("\"negative_slope\": {\"class_name\": \"__numpy__\", \"config\": {\"value\": 0.2}}"))
                .contains(new Head.Activate(Head.Function.LEAKY_RELU, 0.2));
        assertThat(layersOfTheHead("\"negative_slope\": null"))
                .contains(new Head.Activate(Head.Function.LEAKY_RELU, 0.3));
    }

    /** Of a network that has a LeakyReLU, with its slope written so. */
    private static List<Head.HeadLayer> layersOfTheHead(String slope) throws IOException {
        Map<String, byte[]> parts = ZipBytes.unzip(
                Files.readAllBytes(FineTunedNetwork.named("deep_nesting").copyTo(folder)));
        String config = new String(parts.get("config.json"), StandardCharsets.UTF_8);
        assertThat(config).contains("\"negative_slope\": 0.3");
        parts.put(
                "config.json", config.replace("\"negative_slope\": 0.3", slope).getBytes(StandardCharsets.UTF_8));
        Path file = Files.write(folder.resolve("slope.keras"), ZipBytes.zip(parts));
        return KerasFile.readArchive(file, new InputSize(Optional.empty()))
                .architecture()
                .head()
                .layers();
    }

    private static ImportedNetwork read(String name, Map<String, Entry> entries) {
        Path file = folder.resolve(name);
        FormulaWeights.writePublished(file, entries);
        return KerasFile.readHdf(file, new InputSize(Optional.empty()));
    }

    private static String crc32(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32 crc = new CRC32();
        crc.update(bytes.array());
        return "%08x".formatted(crc.getValue());
    }
}
