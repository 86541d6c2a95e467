package org.sparkxception.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.TestModels;
import org.sparkxception.model.ModelDescription.LayerDescription;

class ModelDescriptionTest {
    private static final List<LayerDescription> PAPER = ModelDescription.ofLayers(Architecture.paper(1000));

    @Test
    void theNetworkOfThePaperHasItsParameters() {
        assertThat(PAPER.stream().mapToLong(LayerDescription::parameters).sum()).isEqualTo(22_910_480);
        assertThat(PAPER.stream()
                        .mapToLong(LayerDescription::trainableParameters)
                        .sum())
                .isEqualTo(22_855_952);
    }

    @Test
    void multiplyAddsAreThoseOfTheFormulasOfEachLayer() {
        // 3×3 windows of 3 channels for 32 filters, at 149×149 places.
        assertThat(layer("block1_conv1").multiplyAdds())
                .isEqualTo(149L * 149 * 32 * 3 * 3 * 3)
                .isEqualTo(19_181_664);
        // 3×3 windows of each of 728 channels, then 728 filters over 728 channels, at 19×19 places.
        assertThat(layer("block5_sepconv1").multiplyAdds())
                .isEqualTo(19L * 19 * 728 * (3 * 3 + 728))
                .isEqualTo(193_689_496);
        assertThat(layer("block13_residual").multiplyAdds())
                .isEqualTo(10L * 10 * 728 * 1024)
                .isEqualTo(74_547_200);
        assertThat(layer("predictions").multiplyAdds()).isEqualTo(2_048_000);
        assertThat(PAPER.stream().mapToLong(LayerDescription::multiplyAdds).sum())
                .isEqualTo(8_357_403_496L);
    }

    @Test
    void aLayerHasItsClassAndTheShapeOfItsOutput() {
        assertThat(layer("block1_conv1"))
                .isEqualTo(new LayerDescription(
                        "block1_conv1", "Conv2d", new FeatureMap(149, 149, 32), 864, 864, 19_181_664));
        assertThat(layer("block14_sepconv2_bn"))
                .isEqualTo(new LayerDescription(
                        "block14_sepconv2_bn", "BatchNorm", new FeatureMap(10, 10, 2048), 8192, 4096, 0));
        assertThat(layer("avg_pool"))
                .isEqualTo(new LayerDescription("avg_pool", "GlobalAveragePool", new FeatureMap(1, 1, 2048), 0, 0, 0));
        assertThat(layer("predictions"))
                .isEqualTo(new LayerDescription(
                        "predictions", "Dense", new FeatureMap(1, 1, 1000), 2_049_000, 2_049_000, 2_048_000));
    }

    @Test
    void withoutResidualConnectionsTheirConvolutionsAreMissing() {
        Architecture paper = Architecture.paper(1000);
        List<LayerDescription> layers = ModelDescription.ofLayers(new Architecture(
                paper.inputHeight(),
                paper.inputWidth(),
                paper.stemWidths(),
                paper.entryWidths(),
                paper.middleBlocks(),
                paper.exitWidth(),
                paper.exitConvWidths(),
                paper.head(),
                paper.batchNormEpsilon(),
                paper.poolPadding(),
                false,
                Architecture.IntermediateActivation.RELU));

        // 1×1 convolutions from 64 to 128, 256, 728 and from there to 1024 channels, each with 4 values a channel
        // behind it.
        assertThat(layers.stream().mapToLong(LayerDescription::parameters).sum())
                .isEqualTo(22_910_480 - 972_800 - 8_544)
                .isEqualTo(21_929_136);
        assertThat(layers).noneMatch(layer -> layer.type().equals("Add"));
        assertThat(layers.get(layers.size() - 2).output()).isEqualTo(new FeatureMap(1, 1, 2048));
    }

    @Test
    void aBundleIsDescribedWithWhatBelongsToIt() throws Exception {
        ModelBundle bundle = TestModels.tiny(1);

        ModelDescription description = ModelDescription.of(bundle);

        assertThat(description.input()).isEqualTo(new FeatureMap(32, 32, 3));
        assertThat(description.preprocessing().resize()).isEqualTo(Resize.pillow(Interpolation.BILINEAR));
        assertThat(description.classes()).isEqualTo(3);
        assertThat(description.labels()).containsExactly("thing", "thing", "thing");
        assertThat(description.fingerprint()).isEqualTo(bundle.fingerprint());
    }

    private static LayerDescription layer(String name) {
        return PAPER.stream()
                .filter(layer -> layer.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
