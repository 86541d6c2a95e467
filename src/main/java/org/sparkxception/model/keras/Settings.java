package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a layer from its configuration. A setting that is missing or null has Keras' default; an unsupported value is
 * rejected.
 */
final class Settings {
    /** Defaults that are the same in all layer classes with the setting. */
    private static final ObjectNode DEFAULTS = JsonNodeFactory.instance
            .objectNode()
            .put("padding", "valid")
            .put("data_format", "channels_last")
            .put("strides", 1)
            .put("dilation_rate", 1)
            .put("groups", 1)
            .put("depth_multiplier", 1)
            .put("pool_size", 2)
            .put("use_bias", true)
            .put("scale", true)
            .put("center", true)
            .put("keepdims", false)
            .put("invert", false)
            .put("axis", -1);

    /** TensorFlow's names of functions that Keras also has. */
    private static final Map<String, String> TENSORFLOW = Map.of("softmax_v2", "softmax");

    private final KerasLayer layer;

    Settings(KerasLayer layer) {
        this.layer = layer;
    }

    private JsonNode setting(String name) {
        JsonNode found = layer.config().path(name);
        return isLeftOut(found) ? DEFAULTS.path(name) : found;
    }

    private static boolean isLeftOut(JsonNode found) {
        return found.isMissingNode() || found.isNull();
    }

    void require(String name, String value) {
        String found = name.equals("activation") ? activation() : setting(name).asText();
        refuse(name, !found.equals(value), value);
    }

    void require(String name, boolean value) {
        refuse(name, isOn(name) != value, value);
    }

    /** Requires one number, or the same number for rows and columns. */
    void require(String name, int value) {
        refuse(name, !isAllOf(setting(name), value), value);
    }

    private static boolean isAllOf(JsonNode found, int value) {
        List<Double> numbers = Numbers.of(found).orElse(List.of());
        return !numbers.isEmpty() && numbers.stream().allMatch(one -> one == value);
    }

    /** Requires the settings that all convolutions of the network have in common. */
    void requirePlainConvolution() {
        require("dilation_rate", 1);
        require("use_bias", false);
        require("data_format", "channels_last");
    }

    /** Requires the axis of the channels: the last axis, whose index is given, counted with the batch axis. */
    void requireLastAxis(int last) {
        JsonNode axis = setting("axis");
        refuse("axis", axis.size() > 1 || (!isAllOf(axis, -1) && !isAllOf(axis, last)), -1);
    }

    private void refuse(String name, boolean differs, Object value) {
        if (differs) {
            throw new IllegalArgumentException(described(name) + ", but Xception requires " + value);
        }
    }

    private String described(String name) {
        JsonNode found = layer.config().path(name);
        return layer.describe() + (found.isMissingNode() ? " has no " + name : " has " + name + "=" + found);
    }

    private IllegalArgumentException notUnderstood(String name) {
        return new IllegalArgumentException(described(name) + ", which is not supported");
    }

    boolean isOn(String name) {
        JsonNode found = setting(name);
        if (!found.isBoolean()) {
            throw notUnderstood(name);
        }
        return found.booleanValue();
    }

    int positive(String name) {
        JsonNode found = setting(name);
        if (!found.isIntegralNumber() || !found.canConvertToInt() || found.intValue() < 1) {
            throw new IllegalArgumentException(described(name) + ", but must be at least 1");
        }
        return found.intValue();
    }

    double number(String name, double byDefault) {
        List<Double> numbers = numbers(name);
        if (numbers.size() > 1) {
            throw notUnderstood(name);
        }
        return numbers.isEmpty() ? byDefault : numbers.get(0);
    }

    /** Returns all numbers of a setting; empty if it is missing. */
    List<Double> numbers(String name) {
        JsonNode found = layer.config().path(name);
        return isLeftOut(found) ? List.of() : Numbers.of(found).orElseThrow(() -> notUnderstood(name));
    }

    /** Returns the name of the activation, also if Keras writes the function as an object. */
    String activation() {
        JsonNode found = layer.config().path("activation");
        if (isLeftOut(found)) {
            return "linear";
        }
        String name = Optional.of(found)
                .filter(JsonNode::isTextual)
                .or(() -> Optional.of(found.path("config")).filter(JsonNode::isTextual))
                .or(() -> Optional.of(found.path("class_name")).filter(JsonNode::isTextual))
                .orElseThrow(() -> notUnderstood("activation"))
                .asText();
        return TENSORFLOW.getOrDefault(name, name);
    }
}
