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

/** Assigns the variables of a file to the layers of an Xception: each must have the right shape, and none can be left over. */
final class NetworkBuilder {
    /** Default values of variables that Keras layers can omit. */
    private static final Map<String, Float> DEFAULTS = Map.of(GAMMA, 1f, BETA, 0f, BIAS, 0f);

    private NetworkBuilder() {}

    /**
     * Reads the tensors of a network.
     *
     * @param sources the variables in the file of each layer with weights
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
     * The variables of a layer in a file.
     *
     * @param describe the description of the layer in messages
     * @param names the variables that it must have according to its settings
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
            throw new IllegalArgumentException(source.describe() + " has an unexpected tensor " + variable.path());
        });
    }

    private static Tensor byDefault(Weights.Parameter parameter, Source source) {
        Float value = DEFAULTS.get(parameter.variable());
        if (value == null || source.names().contains(parameter.variable())) {
            throw new IllegalArgumentException("the tensor " + parameter.variable() + " of " + source.describe()
                    + " is missing; its shape must be "
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
                            + Tensor.describe(found.shape()) + ", but the network requires "
                            + Tensor.describe(expected));
        }
        return KerasLayout.fromKeras(parameter.variable(), found.read());
    }
}
