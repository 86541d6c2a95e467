package org.sparkxception.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkxception.model.Layer.Activate;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Dense;
import org.sparkxception.model.Layer.Flatten;
import org.sparkxception.model.Layer.GlobalAveragePool;
import org.sparkxception.model.Layer.GlobalMaxPool;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.MaxPool;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.Layer.SeparableConv2d;

/** The shape of a layer's output for one image; a vector has one row and one column. */
public record FeatureMap(int height, int width, int channels) {

    /** Returns the output shape of every layer by name, in the order of the layers. */
    public static Map<String, FeatureMap> ofLayers(Architecture architecture) {
        return ofLayers(Xception.layers(architecture), architecture);
    }

    private static Map<String, FeatureMap> ofLayers(List<Layer> layers, Architecture architecture) {
        Map<String, FeatureMap> maps = new LinkedHashMap<>();
        for (Layer layer : layers) {
            List<FeatureMap> inputs = layer.inputs().stream().map(maps::get).toList();
            maps.put(layer.name(), output(layer, inputs, architecture));
        }
        return maps;
    }

    /** Returns the output shape of the last of these layers. */
    static FeatureMap ofLast(List<Layer> layers, Architecture architecture) {
        return ofLayers(layers, architecture).get(layers.get(layers.size() - 1).name());
    }

    private static FeatureMap output(Layer layer, List<FeatureMap> inputs, Architecture architecture) {
        if (layer instanceof Input) {
            return new FeatureMap(architecture.inputHeight(), architecture.inputWidth(), Architecture.CHANNELS);
        } else if (layer instanceof Conv2d conv) {
            int border = conv.padded() ? 0 : conv.kernel() - 1;
            return inputs.get(0).strided(conv.stride(), border, conv.filters());
        } else if (layer instanceof SeparableConv2d conv) {
            return inputs.get(0).strided(1, 0, conv.filters());
        } else if (layer instanceof MaxPool) {
            return inputs.get(0).strided(2, 0, inputs.get(0).channels);
        } else if (layer instanceof GlobalAveragePool || layer instanceof GlobalMaxPool) {
            return new FeatureMap(1, 1, inputs.get(0).channels);
        } else if (layer instanceof Flatten) {
            FeatureMap map = inputs.get(0);
            return new FeatureMap(1, 1, Math.multiplyExact(map.height * map.width, map.channels));
        } else if (layer instanceof Dense dense) {
            return new FeatureMap(1, 1, dense.units());
        } else if (layer instanceof BatchNorm
                || layer instanceof Relu
                || layer instanceof Add
                || layer instanceof Activate) {
            return inputs.get(0);
        }
        throw new IllegalStateException("unknown layer: " + layer);
    }

    private FeatureMap strided(int stride, int border, int newChannels) {
        return new FeatureMap(
                (height - border + stride - 1) / stride, (width - border + stride - 1) / stride, newChannels);
    }
}
