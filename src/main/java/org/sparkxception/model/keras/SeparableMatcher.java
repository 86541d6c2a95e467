package org.sparkxception.model.keras;

import static org.sparkxception.model.Weights.DEPTHWISE;
import static org.sparkxception.model.Weights.KERNEL;
import static org.sparkxception.model.Weights.POINTWISE;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.keras.HdfTensors.Variable;
import org.sparkxception.model.keras.NetworkBuilder.Source;

/**
 * Recognizes separable convolutions: each is one layer, or a depthwise and a pointwise layer, optionally with an activation between
 * them. The activation must be the same in all of them.
 */
final class SeparableMatcher {
    private static final String BETWEEN = "ReLU, ELU or the pointwise Conv2D";
    private static final Set<String> TYPES = Set.of("SeparableConv2D", "DepthwiseConv2D");

    private final GraphWalk walk;
    private final KerasVariables variables;
    private Optional<IntermediateActivation> intermediate = Optional.empty();

    SeparableMatcher(GraphWalk walk, KerasVariables variables) {
        this.walk = walk;
        this.variables = variables;
    }

    /**
     * A separable convolution.
     *
     * @param source the variables of both of its parts in the file
     */
    record Separable(int filters, Source source) {}

    /** Returns the activation within the matched convolutions; requires at least one. */
    IntermediateActivation intermediate() {
        return intermediate.orElseThrow();
    }

    Separable match() {
        KerasLayer layer = walk.take("SeparableConv2D or DepthwiseConv2D", next -> TYPES.contains(next.type()));
        Settings settings = new Settings(layer);
        settings.require("kernel_size", 3);
        settings.require("strides", 1);
        settings.require("padding", "same");
        settings.require("depth_multiplier", 1);
        settings.requirePlainConvolution();
        return layer.type().equals("SeparableConv2D") ? whole(layer, settings) : pair(layer);
    }

    private Separable whole(KerasLayer layer, Settings settings) {
        settings.require("activation", "linear");
        requireSame(layer, IntermediateActivation.NONE);
        List<String> names = List.of(DEPTHWISE, POINTWISE);
        return new Separable(
                settings.positive("filters"), new Source(layer.describe(), names, variables.of(layer, names)));
    }

    private Separable pair(KerasLayer depthwise) {
        requireSame(depthwise, between(depthwise));
        KerasLayer pointwise =
                walk.take("the pointwise Conv2D", next -> next.type().equals("Conv2D"));
        Settings settings = new Settings(pointwise);
        settings.require("kernel_size", 1);
        settings.require("strides", 1);
        settings.require("groups", 1);
        settings.requirePlainConvolution();
        settings.require("activation", "linear");
        Map<String, Variable> tensors = new HashMap<>();
        put(tensors, DEPTHWISE, depthwise);
        put(tensors, POINTWISE, pointwise);
        String described = depthwise.describe() + " with " + pointwise.describe();
        return new Separable(
                settings.positive("filters"), new Source(described, List.of(DEPTHWISE, POINTWISE), tensors));
    }

    /** Returns the activation of the depthwise layer itself, or of the layer after it. */
    private IntermediateActivation between(KerasLayer depthwise) {
        IntermediateActivation own = activation(depthwise)
                .orElseThrow(() -> new IllegalArgumentException(depthwise.describe() + " has activation="
                        + new Settings(depthwise).activation() + ", but Xception requires relu, elu or none"));
        if (own != IntermediateActivation.NONE || walk.peek(BETWEEN).type().equals("Conv2D")) {
            return own;
        }
        return activation(walk.take(BETWEEN, next -> activation(next).isPresent()))
                .orElseThrow();
    }

    private static Optional<IntermediateActivation> activation(KerasLayer layer) {
        Settings settings = new Settings(layer);
        return switch (layer.type()) {
            case "DepthwiseConv2D", "Activation" ->
                switch (settings.activation()) {
                    case "linear" -> Optional.of(IntermediateActivation.NONE);
                    case "relu" -> Optional.of(IntermediateActivation.RELU);
                    case "elu" -> Optional.of(IntermediateActivation.ELU);
                    default -> Optional.empty();
                };
            case "ReLU" -> GraphWalk.isRelu(layer) ? Optional.of(IntermediateActivation.RELU) : Optional.empty();
            case "ELU" -> {
                settings.require("alpha", 1);
                yield Optional.of(IntermediateActivation.ELU);
            }
            default -> Optional.empty();
        };
    }

    private void requireSame(KerasLayer layer, IntermediateActivation found) {
        if (intermediate.isPresent() && intermediate.get() != found) {
            throw new IllegalArgumentException(layer.describe() + " has " + found.label()
                    + " between its depthwise and pointwise parts, but the others have "
                    + intermediate.get().label());
        }
        intermediate = Optional.of(found);
    }

    /** In Keras 3, the variable of both layers is {@code kernel}; in Keras 2, that of the first is {@code depthwise_kernel}. */
    private void put(Map<String, Variable> tensors, String name, KerasLayer layer) {
        variables
                .of(layer, List.of(name))
                .forEach((found, variable) -> tensors.put(found.equals(KERNEL) ? name : found, variable));
    }
}
