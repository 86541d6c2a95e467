package org.sparkxception.model.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.sparkxception.model.Head;
import org.sparkxception.model.Head.Activate;
import org.sparkxception.model.Head.HeadLayer;
import org.sparkxception.model.Head.Output;
import org.sparkxception.model.Head.Pooling;
import org.sparkxception.model.Xception;
import org.sparkxception.model.keras.NetworkBuilder.Source;

/** Recognizes the head: the layers from the last feature map to the end of the network. */
final class HeadMatcher {
    private static final String EXPECTED = "a head of pooling, Dense, BatchNormalization and activations";

    private final GraphWalk walk;
    private final Function<KerasLayer, Source> source;
    private final List<HeadLayer> layers = new ArrayList<>();
    private final Map<Integer, Source> sources = new LinkedHashMap<>();
    private Output output = Output.NONE;

    HeadMatcher(GraphWalk walk, Function<KerasLayer, Source> source) {
        this.walk = walk;
        this.source = source;
    }

    Head match() {
        Pooling pooling = pooling();
        while (!walk.isAtEnd()) {
            KerasLayer layer = walk.take(EXPECTED, next -> true);
            if (output != Output.NONE) {
                throw new IllegalArgumentException(layer.describe() + " follows the final " + output);
            }
            add(layer);
        }
        return new Head(pooling, layers, output);
    }

    /** Returns the variables of the layers of the head, by the names of {@link Xception#layers}. */
    Map<String, Source> sources() {
        Map<String, Source> byName = new LinkedHashMap<>();
        sources.forEach((index, of) -> byName.put(Xception.headLayer(index, layers.size()), of));
        return byName;
    }

    /** Matches the pooling. For a network that ends in its last feature map, average pooling computes the embedding. */
    private Pooling pooling() {
        if (walk.isAtEnd()) {
            return Pooling.AVERAGE;
        }
        KerasLayer layer = walk.peek("global pooling or Flatten");
        Pooling pooling =
                switch (layer.type()) {
                    case "GlobalAveragePooling2D" -> Pooling.AVERAGE;
                    case "GlobalMaxPooling2D", "GlobalMaxPool2D" -> Pooling.MAX;
                    case "Flatten" -> Pooling.FLATTEN;
                    default -> throw walk.unexpected("global pooling or Flatten");
                };
        new Settings(layer).require("data_format", "channels_last");
        new Settings(layer).require("keepdims", false);
        walk.take(layer.type(), next -> true);
        return pooling;
    }

    private void add(KerasLayer layer) {
        Settings settings = new Settings(layer);
        switch (layer.type()) {
            case "Dense" -> {
                sources.put(layers.size(), source.apply(layer));
                layers.add(new Head.Dense(settings.positive("units")));
                activation(layer, settings.activation());
            }
            case "BatchNormalization", "BatchNormalizationV1" -> {
                settings.requireLastAxis(1);
                sources.put(layers.size(), source.apply(layer));
                layers.add(new Head.BatchNorm(settings.number("epsilon", 1e-3)));
            }
            case "Activation" -> activation(layer, settings.activation());
            case "Softmax" -> {
                settings.requireLastAxis(1);
                activation(layer, "softmax");
            }
            case "ReLU" -> {
                if (!GraphWalk.isRelu(layer)) {
                    throw unknown(layer, "ReLU with a limit, a slope or a threshold");
                }
                activation(layer, "relu");
            }
            case "LeakyReLU" ->
                layers.add(new Activate(
                        Head.Function.LEAKY_RELU, settings.number("negative_slope", settings.number("alpha", 0.3))));
            case "ELU" -> layers.add(new Activate(Head.Function.ELU, settings.number("alpha", 1)));
            default -> throw unknown(layer, layer.type());
        }
    }

    private void activation(KerasLayer layer, String name) {
        boolean last = walk.isAtEnd();
        switch (name) {
            case "linear" -> {}
            case "softmax" -> {
                if (!last) {
                    throw unknown(layer, "softmax within the head");
                }
                output = Output.SOFTMAX;
            }
            case "sigmoid" -> {
                if (last) {
                    output = Output.SIGMOID;
                } else {
                    layers.add(new Activate(Head.Function.SIGMOID, 0));
                }
            }
            case "relu" -> layers.add(new Activate(Head.Function.RELU, 0));
            case "relu6" -> layers.add(new Activate(Head.Function.RELU6, 0));
            case "leaky_relu" -> layers.add(new Activate(Head.Function.LEAKY_RELU, 0.2));
            case "elu" -> layers.add(new Activate(Head.Function.ELU, 1));
            case "selu" -> layers.add(new Activate(Head.Function.SELU, 0));
            case "gelu" -> layers.add(new Activate(Head.Function.GELU, 0));
            case "silu", "swish" -> layers.add(new Activate(Head.Function.SILU, 0));
            case "tanh" -> layers.add(new Activate(Head.Function.TANH, 0));
            case "softplus" -> layers.add(new Activate(Head.Function.SOFTPLUS, 0));
            case "softsign" -> layers.add(new Activate(Head.Function.SOFTSIGN, 0));
            default -> throw unknown(layer, "the activation " + name);
        }
    }

    private static IllegalArgumentException unknown(KerasLayer layer, String what) {
        return new IllegalArgumentException(layer.describe() + " is not supported in the head of a network: " + what);
    }
}
