package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.sparkxception.model.keras.KerasLayer.Operand;

/** The arguments of a call of a layer, in the form of Keras 3 or Keras 2. */
final class KerasCall {
    private final String layer;
    private final ToIntFunction<String> indexOf;
    private final List<Operand> operands = new ArrayList<>();
    private String castTo = "";

    private KerasCall(String layer, ToIntFunction<String> indexOf) {
        this.layer = layer;
        this.indexOf = indexOf;
    }

    /**
     * Reads a call.
     *
     * @param layer the name of the layer
     * @param indexOf returns the index of another layer by its name
     * @throws IllegalArgumentException if the layer is called in training mode
     */
    static KerasCall of(String layer, JsonNode json, ToIntFunction<String> indexOf) {
        KerasCall call = new KerasCall(layer, indexOf);
        if (json.isObject()) {
            json.path("args").forEach(call::argument);
            call.keywords(json.path("kwargs"), call::argument);
        } else {
            call.old(json);
        }
        return call;
    }

    List<Operand> operands() {
        return List.copyOf(operands);
    }

    /** The type that an operation casts its input to; empty if not specified. */
    String castTo() {
        return castTo;
    }

    /** Keras 3: a tensor is an object with the name of its layer, possibly within lists. */
    private void argument(JsonNode argument) {
        if (argument.path("class_name").asText().equals("__keras_tensor__")) {
            operands.add(Operand.output(indexOf.applyAsInt(
                    argument.path("config").path("keras_history").path(0).asText())));
        } else if (!isConstant(argument) && argument.isArray()) {
            argument.forEach(this::argument);
        }
    }

    /** Keras 2: a tensor is {@code [layer, node, index, keywords]}, possibly within lists. */
    private void old(JsonNode call) {
        refuseTraining(call.path(3));
        if (call.path(0).asText().equals("_CONSTANT_VALUE")) {
            oldArgument(call.path(2));
            keywords(call.path(3), this::oldArgument);
        } else if (call.path(0).isTextual() && call.path(1).isNumber()) {
            operands.add(Operand.output(indexOf.applyAsInt(call.path(0).asText())));
            keywords(call.path(3), this::oldArgument);
        } else if (call.isArray()) {
            call.forEach(this::old);
        }
    }

    /** Only for Keras 2: Keras 3 also writes {@code training} for augmentation, and overrides it in predict. */
    private void refuseTraining(JsonNode keywords) {
        if (keywords.path("training").asBoolean()) {
            throw new IllegalArgumentException(
                    "the layer " + layer + " is called with training=True, so that its output is random or depends on"
                            + " the other images: build the network without it, and save it again");
        }
    }

    private void oldArgument(JsonNode argument) {
        if (!isConstant(argument)) {
            old(argument);
        }
    }

    /** Adds a value to the operands if it consists of constant numbers; returns whether it does. */
    private boolean isConstant(JsonNode value) {
        Optional<List<Double>> numbers = Numbers.of(value);
        numbers.filter(constant -> !constant.isEmpty()).map(Operand::constant).ifPresent(operands::add);
        return numbers.isPresent();
    }

    private void keywords(JsonNode keywords, Consumer<JsonNode> argument) {
        for (Map.Entry<String, JsonNode> keyword : keywords.properties()) {
            JsonNode value = keyword.getValue();
            if (keyword.getKey().equals("dtype")) {
                castTo = value.asText();
            } else if (keyword.getKey().equals("y") || Numbers.of(value).isEmpty()) {
                argument.accept(value);
            }
        }
    }
}
