package org.sparkxception.model.keras;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Walks through a graph from its input to its output, skipping layers that have no effect in inference. */
final class GraphWalk {
    private static final Set<String> FLOATS = Set.of("bfloat16", "float16", "float32", "float64");
    private static final Set<String> IDENTITIES = Set.of(
            "ActivityRegularization",
            "AlphaDropout",
            "Dropout",
            "GaussianDropout",
            "GaussianNoise",
            "Identity",
            "SpatialDropout2D",
            "identity",
            // Augmentation
            "AugMix",
            "CutMix",
            "MixUp",
            "RandAugment",
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomColorJitter",
            "RandomContrast",
            "RandomElasticTransform",
            "RandomErasing",
            "RandomFlip",
            "RandomGaussianBlur",
            "RandomGrayscale",
            "RandomHeight",
            "RandomHue",
            "RandomInvert",
            "RandomPerspective",
            "RandomPosterization",
            "RandomRotation",
            "RandomSaturation",
            "RandomSharpness",
            "RandomShear",
            "RandomTranslation",
            "RandomWidth",
            "RandomZoom");

    private final List<KerasLayer> layers;
    /** For each layer, the layer whose output it passes on; the layer itself if it computes something. */
    private final int[] origins;

    private final int output;
    private final List<List<Integer>> consumers = new ArrayList<>();
    private final Set<Integer> taken = new HashSet<>();
    private int at = -1;

    GraphWalk(KerasGraph graph) {
        layers = graph.layers();
        origins = new int[layers.size()];
        for (int index = 0; index < origins.length; index++) {
            consumers.add(new ArrayList<>());
            KerasLayer layer = layers.get(index);
            boolean identity = layer.inputs().size() == 1 && isIdentity(layer);
            origins[index] = identity ? origins[layer.inputs().get(0)] : index;
            if (!identity) {
                for (int input : layer.inputs()) {
                    consumers.get(origins[input]).add(index);
                }
            }
            if (layer.type().equals("InputLayer") && at < 0) {
                at = index;
            }
        }
        if (at < 0) {
            throw new IllegalArgumentException("the network has no input layer");
        }
        output = origins[graph.output()];
    }

    private static boolean isIdentity(KerasLayer layer) {
        return switch (layer.type()) {
            case "Activation" -> new Settings(layer).activation().equals("linear");
            case "Cast", "cast" -> FLOATS.contains(layer.castTo());
            default -> IDENTITIES.contains(layer.type());
        };
    }

    KerasLayer inputLayer() {
        return layers.get(at);
    }

    int at() {
        return at;
    }

    boolean isAtEnd() {
        return at == output;
    }

    boolean isBranch() {
        return !isAtEnd() && open().size() == 2;
    }

    boolean branchesTo(String type) {
        return open().stream().anyMatch(next -> layers.get(next).type().equals(type));
    }

    private List<Integer> open() {
        return consumers.get(at).stream().filter(next -> !taken.contains(next)).toList();
    }

    /** Returns the next layer; throws if there is none or more than one. */
    KerasLayer peek(String expected) {
        List<Integer> open = open();
        if (isAtEnd() || open.size() != 1) {
            throw unexpected(expected);
        }
        return layers.get(open.get(0));
    }

    /** Whether there is exactly one next layer, and it meets the condition. */
    boolean isNext(Predicate<KerasLayer> condition) {
        List<Integer> open = open();
        return !isAtEnd() && open.size() == 1 && condition.test(layers.get(open.get(0)));
    }

    /** Moves to the next layer, which must meet the condition. */
    KerasLayer take(String expected, Predicate<KerasLayer> condition) {
        KerasLayer next = peek(expected);
        if (!condition.test(next)) {
            throw unexpected(expected);
        }
        return go(open().get(0));
    }

    /** Moves to the next layer of this type, of two branches. */
    KerasLayer takeBranch(String type) {
        return go(open().stream()
                .filter(next -> layers.get(next).type().equals(type))
                .findFirst()
                .orElseThrow(() -> unexpected(type)));
    }

    /** Reserves a next layer of this type for a later {@link #join}. */
    void reserve(String type) {
        taken.add(open().stream()
                .filter(next -> layers.get(next).type().equals(type))
                .findFirst()
                .orElseThrow(() -> unexpected(type)));
    }

    void returnTo(int index) {
        at = index;
    }

    /** Moves to the sum of the current layer and another. */
    void join(int other) {
        Set<Integer> sides = Set.of(at, other);
        go(consumers.get(at).stream()
                .filter(next -> layers.get(next).type().equals("Add")
                        && consumers.get(at).size() == 1
                        && layers.get(next).inputs().size() == 2
                        && sides.equals(new HashSet<>(layers.get(next).inputs().stream()
                                .map(input -> origins[input])
                                .toList())))
                .findFirst()
                .orElseThrow(() -> unexpected("the Add of the residual connection")));
    }

    private KerasLayer go(int next) {
        taken.add(next);
        at = next;
        return layers.get(next);
    }

    /** Returns the error for a next layer that is not the expected one. */
    IllegalArgumentException unexpected(String expected) {
        List<Integer> open = open();
        List<String> next =
                open.stream().map(index -> layers.get(index).describe()).toList();
        String found = isAtEnd() || open.isEmpty() ? "the network ends" : "found " + String.join(" and ", next);
        return new IllegalArgumentException(
                "expected " + expected + " after " + layers.get(at).describe() + ", but " + found);
    }

    static boolean isRelu(KerasLayer layer) {
        Settings settings = new Settings(layer);
        return switch (layer.type()) {
            case "Activation" -> settings.activation().equals("relu");
            case "ReLU" ->
                settings.number("max_value", Double.POSITIVE_INFINITY) == Double.POSITIVE_INFINITY
                        && settings.number("negative_slope", 0) == 0
                        && settings.number("threshold", 0) == 0;
            default -> false;
        };
    }

    static boolean isBatchNorm(KerasLayer layer) {
        return layer.type().equals("BatchNormalization") || layer.type().equals("BatchNormalizationV1");
    }
}
