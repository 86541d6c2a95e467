package org.sparkxception.model.keras;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Goes through a graph from its input to its output, past layers that do nothing when a network is used. */
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
    /** For each layer the one whose output it hands on; itself where it computes something. */
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

    /** The layer that is next, if there is one and no other beside it. */
    KerasLayer peek(String expected) {
        List<Integer> open = open();
        if (isAtEnd() || open.size() != 1) {
            throw unexpected(expected);
        }
        return layers.get(open.get(0));
    }

    /** Whether one layer alone is next, and is such a one. */
    boolean isNext(Predicate<KerasLayer> condition) {
        List<Integer> open = open();
        return !isAtEnd() && open.size() == 1 && condition.test(layers.get(open.get(0)));
    }

    /** Goes to the next layer, which has to be as expected. */
    KerasLayer take(String expected, Predicate<KerasLayer> condition) {
        KerasLayer next = peek(expected);
        if (!condition.test(next)) {
            throw unexpected(expected);
        }
        return go(open().get(0));
    }

    /** Goes to the one of two next layers that has this type. */
    KerasLayer takeBranch(String type) {
        return go(open().stream()
                .filter(next -> layers.get(next).type().equals(type))
                .findFirst()
                .orElseThrow(() -> unexpected(type)));
    }

    /** Leaves a layer of this type that is next for a later {@link #join}. */
    void reserve(String type) {
        taken.add(open().stream()
                .filter(next -> layers.get(next).type().equals(type))
                .findFirst()
                .orElseThrow(() -> unexpected(type)));
    }

    void returnTo(int index) {
        at = index;
    }

    /** Goes to the sum of this output and another. */
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
                .orElseThrow(() -> unexpected("the sum with the residual connection")));
    }

    private KerasLayer go(int next) {
        taken.add(next);
        at = next;
        return layers.get(next);
    }

    /** What stands here is not what has to. */
    IllegalArgumentException unexpected(String expected) {
        List<Integer> open = open();
        String found = isAtEnd() || open.isEmpty()
                ? "the network ends"
                : String.join(
                                " and ",
                                open.stream()
                                        .map(next -> layers.get(next).describe())
                                        .toList())
                        + (open.size() == 1 ? " stands" : " stand");
        return new IllegalArgumentException(found + " where Xception has " + expected + ", after "
                + layers.get(at).describe());
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
