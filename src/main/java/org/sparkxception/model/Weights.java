package org.sparkxception.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

/**
 * The trained tensors of a network by name ({@code layer/variable}), in PyTorch's layouts: convolutions are output × input ×
 * rows × columns, depthwise convolutions channels × 1 × rows × columns, dense layers units × inputs.
 */
public final class Weights {
    public static final String KERNEL = "kernel";
    public static final String DEPTHWISE = "depthwise_kernel";
    public static final String POINTWISE = "pointwise_kernel";
    public static final String BIAS = "bias";
    public static final String GAMMA = "gamma";
    public static final String BETA = "beta";
    public static final String MEAN = "moving_mean";
    public static final String VARIANCE = "moving_variance";

    private static final BigInteger MAX_BYTES = BigInteger.valueOf(2_000_000_000);

    /** A tensor that a network requires. */
    public record Parameter(String layer, String variable, List<Integer> shape) {
        public String name() {
            return layer + "/" + variable;
        }

        public int[] dimensions() {
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private final Map<String, Tensor> tensors;

    /**
     * Validates the tensors of a network.
     *
     * @throws IllegalArgumentException if a tensor is missing or unexpected, or has a wrong shape or values that are not finite
     */
    public Weights(Architecture architecture, Map<String, Tensor> tensors) {
        requireRoom(parameters(architecture));
        Map<String, Tensor> left = new TreeMap<>(tensors);
        for (Parameter parameter : parameters(architecture)) {
            Tensor tensor = left.remove(parameter.name());
            if (tensor == null) {
                throw new IllegalArgumentException("the tensor " + parameter.name() + " is missing");
            }
            if (!tensor.hasShape(parameter.dimensions())) {
                throw new IllegalArgumentException("the tensor " + parameter.name() + " has the shape "
                        + Tensor.describe(tensor.shape()) + ", but the network requires "
                        + Tensor.describe(parameter.dimensions()));
            }
            requireFinite(parameter, tensor);
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "unexpected tensor " + left.keySet().iterator().next());
        }
        this.tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
    }

    /** Limits the size: a bundle has the weights in one array. */
    private static void requireRoom(List<Parameter> parameters) {
        BigInteger bytes = BigInteger.ZERO;
        for (Parameter parameter : parameters) {
            bytes = bytes.add(parameter.shape().stream()
                    .map(BigInteger::valueOf)
                    .reduce(BigInteger.valueOf(Float.BYTES), BigInteger::multiply));
        }
        if (bytes.compareTo(MAX_BYTES) > 0) {
            throw new IllegalArgumentException("its weights have " + bytes + " bytes in float32, more than the limit"
                    + " of " + MAX_BYTES + "; Xception has 92 million");
        }
    }

    private static void requireFinite(Parameter parameter, Tensor tensor) {
        for (int i = 0; i < tensor.size(); i++) {
            if (!Float.isFinite(tensor.at(i))) {
                throw new IllegalArgumentException(
                        "the tensor " + parameter.name() + " contains " + tensor.at(i) + " at position " + i);
            }
            if (parameter.variable().equals(VARIANCE) && tensor.at(i) < 0) {
                throw new IllegalArgumentException(
                        "the variance " + parameter.name() + " is negative at position " + i + ": " + tensor.at(i));
            }
        }
    }

    public Tensor get(String layer, String variable) {
        return tensors.get(layer + "/" + variable);
    }

    Map<String, Tensor> byName() {
        return tensors;
    }

    /** Returns the tensors of a network of this architecture, in the order of its layers. */
    public static List<Parameter> parameters(Architecture architecture) {
        List<Parameter> parameters = new ArrayList<>();
        for (Layer layer : Xception.layers(architecture)) {
            parameters.addAll(parameters(layer));
        }
        return parameters;
    }

    public static List<Parameter> parameters(Layer layer) {
        String name = layer.name();
        if (layer instanceof Conv2d conv) {
            return List.of(new Parameter(
                    name, KERNEL, List.of(conv.filters(), conv.inputChannels(), conv.kernel(), conv.kernel())));
        } else if (layer instanceof SeparableConv2d conv) {
            int side = SeparableConv2d.KERNEL;
            return List.of(
                    new Parameter(name, DEPTHWISE, List.of(conv.inputChannels(), 1, side, side)),
                    new Parameter(name, POINTWISE, List.of(conv.filters(), conv.inputChannels(), 1, 1)));
        } else if (layer instanceof BatchNorm norm) {
            List<Integer> shape = List.of(norm.channels());
            return List.of(
                    new Parameter(name, GAMMA, shape),
                    new Parameter(name, BETA, shape),
                    new Parameter(name, MEAN, shape),
                    new Parameter(name, VARIANCE, shape));
        } else if (layer instanceof Dense dense) {
            return List.of(
                    new Parameter(name, KERNEL, List.of(dense.units(), dense.inputChannels())),
                    new Parameter(name, BIAS, List.of(dense.units())));
        } else if (layer instanceof Input
                || layer instanceof Relu
                || layer instanceof MaxPool
                || layer instanceof Add
                || layer instanceof GlobalAveragePool
                || layer instanceof GlobalMaxPool
                || layer instanceof Flatten
                || layer instanceof Activate) {
            return List.of();
        }
        throw new IllegalStateException("unknown layer: " + layer);
    }
}
