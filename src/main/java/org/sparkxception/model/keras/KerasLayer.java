package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A layer of a Keras network, or an operation on tensors.
 *
 * @param name the name in Keras; unique within its model
 * @param type the class of the layer, such as {@code Conv2D}, or the function of an operation, such as {@code math.truediv}
 * @param models names of the nested models that contain it, outermost first
 * @param place the path of its variables in {@code .weights.h5} files, such as {@code layers/functional/layers/conv2d_1}
 * @param operands the arguments of its call, in order
 * @param castTo the type that an operation casts its input to; empty if not specified
 */
record KerasLayer(
        String name,
        String type,
        JsonNode config,
        List<String> models,
        String place,
        List<Operand> operands,
        String castTo) {

    /** A tensor, the output of the layer at an index of the graph; or constant numbers if the index is -1. */
    record Operand(int layer, List<Double> numbers) {
        static Operand output(int layer) {
            return new Operand(layer, List.of());
        }

        static Operand constant(List<Double> numbers) {
            return new Operand(-1, numbers);
        }

        boolean isConstant() {
            return layer < 0;
        }
    }

    List<Integer> inputs() {
        return operands.stream()
                .filter(operand -> !operand.isConstant())
                .map(Operand::layer)
                .toList();
    }

    /** Returns the description of the layer in messages. */
    String describe() {
        return "the layer " + String.join("/", models) + (models.isEmpty() ? "" : "/") + name + " (" + type + ")";
    }
}
