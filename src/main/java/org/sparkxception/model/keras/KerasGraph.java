package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.sparkxception.model.keras.KerasLayer.Operand;

/**
 * The layers of a network from its {@code config.json} (Keras 3) or {@code model_config} (Keras 2); nested models are replaced by their
 * layers.
 *
 * <p>Source: {@code keras/src/models/functional.py} and {@code sequential.py} of Keras 3.15, and the same of tf_keras 2.21.
 */
final class KerasGraph {
    private static final Set<String> MODELS = Set.of("Functional", "Model", "Sequential");
    private static final Pattern KERAS = Pattern.compile("(tf_)?keras(_cv|_hub)?\\b|tensorflow\\b");
    private static final int MAX_LAYERS = 1000;

    private final List<KerasLayer> layers = new ArrayList<>();
    private int output;

    private KerasGraph() {}

    /** @throws IllegalArgumentException if the network has more than one input or output, or calls a layer twice */
    static KerasGraph of(JsonNode model) {
        KerasGraph graph = new KerasGraph();
        if (!MODELS.contains(model.path("class_name").asText())) {
            throw new IllegalArgumentException("the network has the class "
                    + model.path("class_name").asText("(none)")
                    + ", whose layers are defined only in its code: build it as a Functional or Sequential model");
        }
        graph.output = graph.open(model, -1, List.of(), "");
        return graph;
    }

    /** Returns the layers in topological order. */
    List<KerasLayer> layers() {
        return Collections.unmodifiableList(layers);
    }

    /** Returns the index of the layer whose output is the network's. */
    int output() {
        return output;
    }

    /** Adds the layers of a model whose input is the output of a layer, -1 for none; returns the index of its output layer. */
    private int open(JsonNode model, int input, List<String> models, String place) {
        JsonNode config = model.path("config");
        JsonNode parts = config.isArray() ? config : config.path("layers");
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Split> byName = new LinkedHashMap<>();
        for (JsonNode part : parts) {
            String type = classOf(part);
            int number = counts.merge(snakeCase(type), 1, Integer::sum) - 1;
            String name =
                    part.path("config").path("name").asText(part.path("name").asText());
            Split added = new Split(
                    part, name, type, place + "layers/" + snakeCase(type) + (number == 0 ? "" : "_" + number));
            if (byName.put(name, added) != null) {
                throw new IllegalArgumentException(
                        "two layers of " + model.path("class_name").asText() + " have the name " + name);
            }
        }
        return model.path("class_name").asText().equals("Sequential")
                ? new Opened(byName, models, input).chain()
                : new Opened(byName, models, input).outputOf(config);
    }

    /** Returns the class of a layer, with its module if that is not Keras: other classes can have the names of Keras' classes. */
    private static String classOf(JsonNode part) {
        String type = part.path("class_name").asText();
        JsonNode module = part.path("module");
        return module.isMissingNode() || KERAS.matcher(module.asText()).lookingAt()
                ? type
                : (module.isNull() ? "custom" : module.asText()) + "." + type;
    }

    /** A layer in the configuration. */
    private record Split(JsonNode json, String name, String type, String place) {}

    /** A model whose layers are being added. */
    private final class Opened {
        private final Map<String, Split> parts;
        private final List<String> models;
        private final int input;
        private final Map<String, Integer> added = new HashMap<>();
        private final Set<String> underWay = new HashSet<>();

        Opened(Map<String, Split> parts, List<String> models, int input) {
            this.parts = parts;
            this.models = models;
            this.input = input;
        }

        int chain() {
            int last = input;
            for (Split part : parts.values()) {
                boolean isInput = part.type.equals("InputLayer");
                if (last >= 0 && isInput) {
                    continue;
                }
                if (last < 0 && !isInput) {
                    last = add(new Split(part.json, "input", "InputLayer", part.place), List.of(), "");
                }
                last = add(part, last < 0 ? List.of() : List.of(Operand.output(last)), "");
            }
            return last;
        }

        int outputOf(JsonNode config) {
            if (input < 0) {
                single(config.path("input_layers"), "input");
            }
            return indexOf(single(config.path("output_layers"), "output"));
        }

        private String single(JsonNode histories, String what) {
            JsonNode first = histories.path(0).isArray() ? histories.path(0) : histories;
            if ((histories.path(0).isArray() && histories.size() != 1)
                    || !first.path(0).isTextual()) {
                throw new IllegalArgumentException("the network must have exactly one " + what);
            }
            return first.path(0).asText();
        }

        private int indexOf(String name) {
            Integer index = added.get(name);
            if (index == null) {
                if (!underWay.add(name)) {
                    throw new IllegalArgumentException("the layer graph has a cycle through " + name);
                }
                if (underWay.size() > MAX_LAYERS) {
                    throw new IllegalArgumentException("a model has more than " + MAX_LAYERS + " layers");
                }
                Split part = parts.get(name);
                if (part == null) {
                    throw new IllegalArgumentException(
                            "the layer " + name + " is the input of another layer, but does not exist");
                }
                index = add(part);
                added.put(name, index);
            }
            return index;
        }

        private int add(Split part) {
            if (part.type.equals("InputLayer") && input >= 0) {
                return input;
            }
            JsonNode calls = part.json.path("inbound_nodes");
            if (calls.size() > 1) {
                throw new IllegalArgumentException(
                        "the layer " + part.name + " is called " + calls.size() + " times, but must be called once");
            }
            KerasCall call = KerasCall.of(part.name, calls.path(0), this::indexOf);
            return add(part, call.operands(), call.castTo());
        }

        private int add(Split part, List<Operand> operands, String castTo) {
            if (MODELS.contains(part.type)) {
                if (operands.size() != 1 || operands.get(0).isConstant()) {
                    throw new IllegalArgumentException("the model " + part.name + " must have exactly one input");
                }
                List<String> inner = new ArrayList<>(models);
                inner.add(part.name);
                return open(part.json, operands.get(0).layer(), inner, part.place + "/");
            }
            JsonNode config = part.json.path("config");
            requireFloats(part.name, config.path("dtype"));
            boolean isFunction = part.type.equals("TFOpLambda");
            layers.add(new KerasLayer(
                    part.name,
                    isFunction ? config.path("function").asText() : part.type,
                    config,
                    models,
                    part.place,
                    operands,
                    isFunction ? castTo : config.path("dtype").asText()));
            return layers.size() - 1;
        }
    }

    /** Rejects quantized layers: their dtype policy has a mode, or a name such as {@code int8_from_float32}. */
    private static void requireFloats(String layer, JsonNode type) {
        String policy = type.path("config")
                .path("mode")
                .asText(type.path("config").path("name").asText(type.asText()));
        if (type.path("config").has("mode") || policy.contains("_from_")) {
            throw new IllegalArgumentException("the layer " + layer + " is quantized (" + policy
                    + "), but only floats are supported: save the network before model.quantize(...), and set"
                    + " `precision` to int8 when classifying");
        }
    }

    /** Converts {@code SeparableConv2D} to {@code separable_conv2d}, like {@code keras.utils.naming.to_snake_case}. */
    private static String snakeCase(String type) {
        return type.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
