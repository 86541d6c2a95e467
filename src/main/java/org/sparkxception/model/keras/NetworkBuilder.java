package org.sparkxception.model.keras;

import static org.sparkxception.model.Weights.BETA;
import static org.sparkxception.model.Weights.BIAS;
import static org.sparkxception.model.Weights.GAMMA;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;
import org.sparkxception.model.Xception;
import org.sparkxception.model.keras.HdfTensors.Variable;

/** Brings the variables of a file to the layers of an Xception: each must have its shape, and none be left. */
final class NetworkBuilder {
    /** Variables of Keras layers that may be left out, with what they are then. */
    private static final Map<String, Float> DEFAULTS = Map.of(GAMMA, 1f, BETA, 0f, BIAS, 0f);

    private NetworkBuilder() {}

    /**
     * Reads the tensors of a network.
     *
     * @param sources of each layer that has weights: what the file has for it
     */
    static Weights weights(Architecture architecture, Map<String, Source> sources) {
        Map<String, Tensor> tensors = new HashMap<>();
        for (Layer layer : Xception.layers(architecture)) {
            if (!Weights.parameters(layer).isEmpty()) {
                put(tensors, layer, sources.get(layer.name()));
            }
        }
        return new Weights(architecture, tensors);
    }

    /**
     * What a file has for a layer.
     *
     * @param described how messages call the layer
     * @param names of the variables that it must have; others are left out by its settings
     */
    record Source(String describe, List<String> names, Map<String, Variable> variables) {}

    private static void put(Map<String, Tensor> tensors, Layer layer, Source source) {
        Map<String, Variable> left = new HashMap<>(source.variables());
        for (Weights.Parameter parameter : Weights.parameters(layer)) {
            Variable found = left.remove(parameter.variable());
            tensors.put(
                    parameter.name(), found == null ? byDefault(parameter, source) : read(parameter, found, source));
        }
        left.values().stream().findFirst().ifPresent(variable -> {
            throw new IllegalArgumentException(source.describe() + " has no place for the tensor " + variable.path());
        });
    }

    private static Tensor byDefault(Weights.Parameter parameter, Source source) {
        Float value = DEFAULTS.get(parameter.variable());
        if (value == null || source.names().contains(parameter.variable())) {
            throw new IllegalArgumentException("the tensor " + parameter.variable() + " of " + source.describe()
                    + " is missing; it should have the shape "
                    + Tensor.describe(KerasLayout.toKeras(parameter.variable(), parameter.dimensions())));
        }
        float[] values = new float[Tensor.sizeOf(parameter.dimensions())];
        Arrays.fill(values, value);
        return Tensor.of(values, parameter.dimensions());
    }

    private static Tensor read(Weights.Parameter parameter, Variable found, Source source) {
        int[] expected = KerasLayout.toKeras(parameter.variable(), parameter.dimensions());
        if (!Arrays.equals(found.shape(), expected)) {
            throw new IllegalArgumentException(
                    "the tensor " + found.path() + " of " + source.describe() + " has the shape "
                            + Tensor.describe(found.shape()) + " where the network needs " + Tensor.describe(expected));
        }
        return KerasLayout.fromKeras(parameter.variable(), found.read());
    }
}
