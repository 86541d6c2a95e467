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
 * Decides which layers are computed together with a later one: a convolution with its batch normalization, and that with the
 * ReLU or the sum that follows. A layer joins a later one if nothing else needs its output.
 */
final class Fusion {
    private final Map<String, List<Layer>> consumers = new HashMap<>();
    private final Set<String> outputs;
    private final Set<String> convs = new HashSet<>();
    private final Set<String> absorbed = new HashSet<>();

    /**
     * Plans the fusion of a network.
     *
     * @param outputs names of layers whose outputs must exist when the program ends
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

    /** Whether a layer has no output of its own: a later one computes it too. */
    boolean isAbsorbed(String layer) {
        return absorbed.contains(layer);
    }

    /** A sum can take a convolution in if it may write over the other side. */
    private boolean canAbsorb(Add add, String conv, String other) {
        List<Layer> otherConsumers = consumers.get(other);
        return convs.contains(conv)
                && onlyFor(conv, add)
                && !outputs.contains(other)
                && otherConsumers.get(otherConsumers.size() - 1).equals(add);
    }

    private void requireOnlyFor(String conv, Layer norm) {
        if (!onlyFor(conv, norm)) {
            throw new IllegalArgumentException(
                    conv + " has no output of its own: it is computed together with " + norm.name());
        }
    }

    private boolean onlyFor(String layer, Layer consumer) {
        return !outputs.contains(layer) && consumers.get(layer).equals(List.of(consumer));
    }
}
