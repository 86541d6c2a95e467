package org.sparkxception.model.torchscript;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.Layer.SeparableConv2d;

/**
 * Decides which layers are fused with a later one: a convolution with its batch normalization, and these with the ReLU or sum that
 * follows. A layer is absorbed by a later one if nothing else needs its output.
 */
final class Fusion {
    private final Map<String, List<Layer>> consumers = new HashMap<>();
    private final Set<String> outputs;
    private final Set<String> convs = new HashSet<>();
    private final Set<String> absorbed = new HashSet<>();

    /**
     * Plans the fusion of a network.
     *
     * @param outputs names of layers whose outputs the program returns
     */
    Fusion(List<Layer> layers, Set<String> outputs) {
        this.outputs = outputs;
        for (Layer layer : layers) {
            for (String input : layer.inputs()) {
                consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(layer);
            }
        }
        Set<String> convolutions = layers.stream()
                .filter(layer -> layer instanceof Conv2d || layer instanceof SeparableConv2d)
                .map(Layer::name)
                .collect(Collectors.toSet());
        for (Layer layer : layers) {
            if (layer instanceof BatchNorm norm && convolutions.contains(norm.input())) {
                requireOnlyFor(norm.input(), layer);
                absorbed.add(norm.input());
                convs.add(norm.name());
            } else if (layer instanceof Relu relu && convs.contains(relu.input()) && onlyFor(relu.input(), layer)) {
                absorbed.add(relu.input());
            } else if (layer instanceof Add add) {
                if (canAbsorb(add, add.left(), add.right())) {
                    absorbed.add(add.left());
                } else if (canAbsorb(add, add.right(), add.left())) {
                    absorbed.add(add.right());
                }
            }
        }
    }

    /** Whether a layer has no separate output, because it is fused with a later one. */
    boolean isAbsorbed(String layer) {
        return absorbed.contains(layer);
    }

    /** Whether a sum can absorb a convolution: it must be allowed to overwrite its other input. */
    private boolean canAbsorb(Add add, String conv, String other) {
        List<Layer> otherConsumers = consumers.get(other);
        return convs.contains(conv)
                && onlyFor(conv, add)
                && !outputs.contains(other)
                && otherConsumers.get(otherConsumers.size() - 1).equals(add);
    }

    private void requireOnlyFor(String conv, Layer norm) {
        if (!onlyFor(conv, norm)) {
            throw new IllegalArgumentException(conv + " cannot be an output: it is fused with " + norm.name());
        }
    }

    private boolean onlyFor(String layer, Layer consumer) {
        return !outputs.contains(layer) && consumers.get(layer).equals(List.of(consumer));
    }
}
