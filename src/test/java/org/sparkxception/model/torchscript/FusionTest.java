package org.sparkxception.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.Relu;

class FusionTest {
    @Test
    void aConvolutionIsFusedWithItsNormalizationAndReLU() {
        assertThat(absorbed(Set.of("relu"), input(), conv("conv", "x"), norm("norm", "conv"), new Relu("relu", "norm")))
                .containsExactly("conv", "norm");
    }

    @Test
    void aNormalizationThatIsAnOutputKeepsItsOwnOutput() {
        assertThat(absorbed(Set.of("norm"), input(), conv("conv", "x"), norm("norm", "conv"), new Relu("relu", "norm")))
                .containsExactly("conv");
    }

    @Test
    void aNormalizationThatAlsoFeedsAnotherLayerIsNotFusedWithTheReLU() {
        assertThat(absorbed(
                        Set.of("sum"),
                        input(),
                        conv("conv", "x"),
                        norm("norm", "conv"),
                        new Relu("relu", "norm"),
                        new Relu("other", "norm"),
                        new Add("sum", "relu", "other")))
                .containsExactly("conv");
    }

    @Test
    void aReLUWithoutAConvolutionBeforeItIsNotFused() {
        assertThat(absorbed(Set.of("second"), input(), new Relu("first", "x"), new Relu("second", "first")))
                .isEmpty();
    }

    @Test
    void aSumAbsorbsOneOfTwoConvolutionsAndOverwritesTheOther() {
        assertThat(absorbed(
                        Set.of("sum"),
                        input(),
                        conv("left", "x"),
                        norm("left_norm", "left"),
                        conv("right", "x"),
                        norm("right_norm", "right"),
                        new Add("sum", "left_norm", "right_norm")))
                .containsExactly("left", "left_norm", "right");
    }

    @Test
    void aSumDoesNotOverwriteWhatALaterLayerNeeds() {
        assertThat(absorbed(
                        Set.of("sum", "later"),
                        input(),
                        conv("conv", "x"),
                        norm("norm", "conv"),
                        new Add("sum", "norm", "x"),
                        new Relu("later", "x")))
                .containsExactly("conv");
    }

    @Test
    void aConvolutionBeforeANormalizationCannotBeAnOutput() {
        assertThatThrownBy(() -> absorbed(Set.of("conv"), input(), conv("conv", "x"), norm("norm", "conv")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conv cannot be an output: it is fused with norm");
    }

    private static Stream<String> absorbed(Set<String> outputs, Layer... layers) {
        Fusion fusion = new Fusion(List.of(layers), outputs);
        return Stream.of(layers).map(Layer::name).filter(fusion::isAbsorbed);
    }

    private static Layer input() {
        return new Input("x");
    }

    private static Layer conv(String name, String input) {
        return new Conv2d(name, input, 3, 3, 1, 1, false);
    }

    private static Layer norm(String name, String input) {
        return new BatchNorm(name, input, 3, 0.001);
    }
}
