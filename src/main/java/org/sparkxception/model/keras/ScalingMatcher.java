package org.sparkxception.model.keras;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.PixelScaling;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.keras.HdfTensors.Variable;
import org.sparkxception.model.keras.KerasLayer.Operand;

/**
 * Recognizes layers and operations before the first convolution that are linear in a pixel: Rescaling, Normalization, and the
 * operations of {@code preprocess_input} within a model.
 */
final class ScalingMatcher {
    private static final double MIN_DEVIATION = 1e-7; // keras.backend.epsilon()

    private final GraphWalk walk;
    private final KerasVariables variables;

    ScalingMatcher(GraphWalk walk, KerasVariables variables) {
        this.walk = walk;
        this.variables = variables;
    }

    /** Matches the scaling at the start of the network, if any. */
    Optional<PixelScaling> match() {
        Optional<PixelScaling> scaling = Optional.empty();
        while (true) {
            KerasLayer layer = walk.peek("Conv2D");
            Optional<PixelScaling> step = step(layer);
            if (step.isEmpty()) {
                scaling.ifPresent(ScalingMatcher::requirePositive);
                return scaling;
            }
            walk.take("a scaling", next -> next.equals(layer));
            scaling = Optional.of(scaling.orElse(PixelScaling.none()).then(step.get()));
        }
    }

    private static void requirePositive(PixelScaling scaling) {
        if (!scaling.factors().stream().allMatch(factor -> factor > 0 && Double.isFinite(factor))) {
            throw new IllegalArgumentException("the layers before the first Conv2D scale the channels by "
                    + scaling.factors() + ", but factors must be positive");
        }
    }

    private Optional<PixelScaling> step(KerasLayer layer) {
        return switch (layer.type()) {
            case "Rescaling" ->
                Optional.of(new PixelScaling(
                        channels(layer, new Settings(layer).numbers("scale")),
                        channels(layer, new Settings(layer).numbers("offset"))));
            case "Normalization" -> Optional.of(normalization(layer));
            case "TrueDivide", "Divide", "math.truediv", "math.divide" -> Optional.of(operation(layer, '/'));
            case "Multiply", "math.multiply" -> Optional.of(operation(layer, '*'));
            case "Subtract", "math.subtract" -> Optional.of(operation(layer, '-'));
            case "Add", "math.add", "__operators__.add" -> Optional.of(operation(layer, '+'));
            default -> Optional.empty();
        };
    }

    /** Converts an operation on the tensor and a number, in either order. */
    private static PixelScaling operation(KerasLayer layer, char operator) {
        List<Operand> operands = layer.operands();
        boolean tensorFirst = operands.size() == 2 && operands.get(1).isConstant();
        if (operands.size() != 2 || operands.get(0).isConstant() == tensorFirst || (operator == '/' && !tensorFirst)) {
            throw new IllegalArgumentException(layer.describe() + " is not supported: before the first Conv2D, only"
                    + " addition, subtraction, multiplication and division by numbers are");
        }
        List<Double> numbers = channels(layer, operands.get(tensorFirst ? 1 : 0).numbers());
        return switch (operator) {
            case '/' -> new PixelScaling(each(numbers, number -> 1 / number), all(0));
            case '*' -> new PixelScaling(numbers, all(0));
            case '+' -> new PixelScaling(all(1), numbers);
            default ->
                tensorFirst
                        ? new PixelScaling(all(1), each(numbers, number -> -number))
                        : new PixelScaling(all(-1), numbers);
        };
    }

    private static List<Double> each(List<Double> numbers, UnaryOperator<Double> function) {
        return numbers.stream().map(function).toList();
    }

    private PixelScaling normalization(KerasLayer layer) {
        Settings settings = new Settings(layer);
        settings.require("invert", false);
        settings.requireLastAxis(3);
        List<Double> mean = settings.numbers("mean");
        List<Double> variance = settings.numbers("variance");
        if (mean.isEmpty() || variance.isEmpty()) {
            Map<String, Variable> learnt = variables.of(layer, List.of("mean", "variance", "count"));
            mean = learnt(layer, learnt.get("mean"));
            variance = learnt(layer, learnt.get("variance"));
        }
        List<Double> means = channels(layer, mean);
        List<Double> factors = channels(layer, variance).stream()
                .map(value -> 1 / Math.max(Math.sqrt(value), MIN_DEVIATION))
                .toList();
        List<Double> offsets = new ArrayList<>();
        for (int channel = 0; channel < Architecture.CHANNELS; channel++) {
            offsets.add(-means.get(channel) * factors.get(channel));
        }
        return new PixelScaling(factors, offsets);
    }

    private static List<Double> learnt(KerasLayer layer, Variable variable) {
        if (variable == null || Tensor.sizeOf(variable.shape()) > Architecture.CHANNELS) {
            throw new IllegalArgumentException(layer.describe() + " has no mean and variance for three channels");
        }
        List<Double> values = new ArrayList<>();
        for (float value : variable.read().toArray()) {
            values.add((double) value);
        }
        return values;
    }

    private static List<Double> channels(KerasLayer layer, List<Double> values) {
        if (values.size() == 1) {
            return all(values.get(0));
        }
        if (values.size() != Architecture.CHANNELS) {
            throw new IllegalArgumentException(
                    layer.describe() + " has " + values.size() + " values, but must have one, or one per channel");
        }
        return values;
    }

    private static List<Double> all(double value) {
        return Collections.nCopies(Architecture.CHANNELS, value);
    }
}
