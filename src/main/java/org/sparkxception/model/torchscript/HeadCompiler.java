package org.sparkxception.model.torchscript;

import java.util.Arrays;
import java.util.Map;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Activate;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Dense;
import org.sparkxception.model.Layer.Flatten;
import org.sparkxception.model.Layer.GlobalAveragePool;
import org.sparkxception.model.Layer.GlobalMaxPool;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;

/**
 * Compiles the layers from {@link org.sparkxception.model.Xception#EMBEDDING} to the output. They are always computed in float32: their
 * cost is negligible compared with the convolutions.
 */
final class HeadCompiler {
    private final Weights weights;
    private final Map<String, FeatureMap> maps;
    private final Archive archive;
    private final ProgramText text;

    HeadCompiler(Weights weights, Map<String, FeatureMap> maps, Archive archive, ProgramText text) {
        this.weights = weights;
        this.maps = maps;
        this.archive = archive;
        this.text = text;
    }

    /**
     * Compiles a layer.
     *
     * @param input the name of its input value
     * @return the name of its output value
     */
    String emit(Layer layer, String input) {
        if (layer instanceof GlobalAveragePool) {
            return text.mean(input);
        } else if (layer instanceof GlobalMaxPool) {
            return text.max(input);
        } else if (layer instanceof Flatten) {
            return text.flatten(input, maps.get(layer.name()).channels());
        } else if (layer instanceof BatchNorm norm) {
            return scaleAndShift(norm, input);
        } else if (layer instanceof Activate activate) {
            return text.activation(input, activate.function(), activate.parameter());
        } else if (layer instanceof Dense dense) {
            String weight = archive.add(
                    dense.name() + "_weight",
                    weights.get(dense.name(), Weights.KERNEL).toArray(),
                    dense.units(),
                    dense.inputChannels());
            String bias = archive.add(
                    dense.name() + "_bias",
                    weights.get(dense.name(), Weights.BIAS).toArray());
            return text.linear(input, weight, bias);
        }
        throw new IllegalStateException("not a head layer: " + layer);
    }

    private String scaleAndShift(BatchNorm norm, String input) {
        FoldedConv identity =
                FoldedConv.plain(ones(norm.channels())).beforeBatchNorm(weights, norm.name(), norm.epsilon());
        String scale = archive.add(norm.name() + "_scale", identity.kernel().toArray());
        String shift = archive.add(norm.name() + "_shift", identity.bias().orElseThrow());
        return text.add(text.multiply(input, scale), shift);
    }

    private static Tensor ones(int channels) {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return Tensor.of(ones, channels, 1, 1, 1);
    }
}
