package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The settings of a layer, as its configuration gives them; what it leaves out is Keras' default. */
final class Settings {
    private final KerasLayer layer;

    Settings(KerasLayer layer) {
        this.layer = layer;
    }

    void require(String name, String value) {
        String found = name.equals("activation")
                ? activation()
                : layer.config().path(name).asText(value);
        refuse(name, !found.equals(value), value);
    }

    void require(String name, boolean value) {
        refuse(name, layer.config().path(name).asBoolean(value) != value, value);
    }

    /** One number, or the same for rows and columns. */
    void require(String name, int value) {
        JsonNode found = layer.config().path(name);
        boolean same = true;
        if (found.isArray()) {
            for (JsonNode one : found) {
                same &= one.asInt() == value;
            }
        } else if (found.isNumber()) {
            same = found.asInt() == value;
        }
        refuse(name, !same, value);
    }

    void require(String name, double value) {
        refuse(name, number(name, value) != value, value);
    }

    /** What all convolutions of the network have in common. */
    void requirePlainConvolution() {
        require("dilation_rate", 1);
        require("use_bias", false);
        require("data_format", "channels_last");
    }

    /** The axis of a normalisation has to be that of the channels, the last of a tensor of this rank with its batch. */
    void requireLastAxis(int last) {
        JsonNode axis = layer.config().path("axis");
        JsonNode one = axis.isArray() && axis.size() == 1 ? axis.get(0) : axis;
        refuse("axis", !(one.isMissingNode() || one.asInt(0) == -1 || one.asInt(0) == last), -1);
    }

    private void refuse(String name, boolean differs, Object value) {
        if (differs) {
            throw new IllegalArgumentException(layer.described() + " has " + name + "="
                    + layer.config().path(name) + " where Xception has " + value);
        }
    }

    int positive(String name) {
        int value = layer.config().path(name).asInt();
        if (value < 1) {
            throw new IllegalArgumentException(layer.described() + " has " + name + "="
                    + layer.config().path(name) + ", which has to be at least 1");
        }
        return value;
    }

    double number(String name, double byDefault) {
        return layer.config().path(name).asDouble(byDefault);
    }

    /** All numbers of a setting: one, or lists of them, or an array as Keras 3 writes it. */
    List<Double> numbers(String name) {
        List<Double> numbers = new ArrayList<>();
        collect(layer.config().path(name), numbers);
        return numbers;
    }

    private static void collect(JsonNode value, List<Double> numbers) {
        if (value.isNumber()) {
            numbers.add(value.asDouble());
        } else if (value.isArray()) {
            value.forEach(inner -> collect(inner, numbers));
        } else if (value.isObject()) {
            collect(value.path("config").path("value"), numbers);
        }
    }

    /** The name of an activation, also where Keras writes a function as an object. */
    String activation() {
        JsonNode value = layer.config().path("activation");
        String name = value.isObject()
                ? value.path("config").isTextual()
                        ? value.path("config").asText()
                        : value.path("class_name").asText()
                : value.asText("linear");
        return name.equals("null") ? "linear" : name;
    }
}
