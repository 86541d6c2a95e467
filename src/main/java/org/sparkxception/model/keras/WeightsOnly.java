package org.sparkxception.model.keras;

import static org.sparkxception.model.Weights.BETA;
import static org.sparkxception.model.Weights.BIAS;
import static org.sparkxception.model.Weights.DEPTHWISE;
import static org.sparkxception.model.Weights.GAMMA;
import static org.sparkxception.model.Weights.KERNEL;
import static org.sparkxception.model.Weights.MEAN;
import static org.sparkxception.model.Weights.POINTWISE;
import static org.sparkxception.model.Weights.VARIANCE;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Head;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Xception;
import org.sparkxception.model.keras.HdfTensors.Variable;
import org.sparkxception.model.keras.NetworkBuilder.Source;

/**
 * Reads files with weights but no configuration: layers are identified by their order and, if the file has them, by their names in
 * {@code keras.applications}. Depth, widths, classes and the presence of residual convolutions follow from the tensors. The head must
 * have at most one dense layer, because such a file does not contain the activations between dense layers.
 */
final class WeightsOnly {
    private static final double EPSILON = 1e-3;
    private static final String SAVE_WHOLE =
            ": save the complete network with model.save(\"NAME.keras\"), and import that";

    /** The kinds of layers with weights. */
    private enum Kind {
        CONV,
        SEPARABLE,
        NORM,
        DENSE;

        /** Returns the variables, in Keras' order. */
        List<String> names() {
            return switch (this) {
                case CONV -> List.of(KERNEL);
                case SEPARABLE -> List.of(DEPTHWISE, POINTWISE);
                case NORM -> List.of(GAMMA, BETA, MEAN, VARIANCE);
                case DENSE -> List.of(KERNEL, BIAS);
            };
        }

        static Optional<Kind> of(Layer layer) {
            if (layer instanceof Layer.Conv2d) {
                return Optional.of(CONV);
            } else if (layer instanceof Layer.SeparableConv2d) {
                return Optional.of(SEPARABLE);
            } else if (layer instanceof Layer.BatchNorm) {
                return Optional.of(NORM);
            }
            return layer instanceof Layer.Dense ? Optional.of(DENSE) : Optional.empty();
        }
    }

    /** A layer in the file. */
    private record ListingEntry(String name, Source source) {
        int[] shape(String variable) {
            Variable found = source.variables().get(variable);
            if (found == null || found.shape().length == 0) {
                throw new IllegalArgumentException(
                        "the tensor " + variable + " of " + source.describe() + " is missing");
            }
            return found.shape();
        }

        int width(String variable) {
            int[] shape = shape(variable);
            return shape[shape.length - 1];
        }
    }

    private final Map<Kind, List<ListingEntry>> layers = new EnumMap<>(Kind.class);
    private final boolean residualsFirst;

    /** @param residualsFirst whether a block's residual convolution comes before its separable ones */
    private WeightsOnly(boolean residualsFirst) {
        this.residualsFirst = residualsFirst;
        for (Kind kind : Kind.values()) {
            layers.put(kind, new ArrayList<>());
        }
    }

    /**
     * Reads the file published by Keras, {@code xception_weights_tf_dim_ordering_tf_kernels.h5}: one group per layer, named after the
     * layer's class and numbered in the order of creation.
     */
    static ImportedNetwork published(Group root, InputSize size) {
        Map<String, Kind> types = Map.of(
                "convolution2d", Kind.CONV,
                "separableconvolution2d", Kind.SEPARABLE,
                "batchnormalization", Kind.NORM,
                "dense", Kind.DENSE);
        Map<String, String> variables = Map.of("W", KERNEL, "b", BIAS, "running_mean", MEAN, "running_std", VARIANCE);
        WeightsOnly file = new WeightsOnly(true);
        for (Group group : numbered(root)) {
            Map<String, Variable> found = new HashMap<>();
            for (Node child : group.getChildren().values()) {
                if (child instanceof Dataset dataset) {
                    String name = child.getName().replaceFirst(":0$", "").replaceFirst("^" + group.getName() + "_", "");
                    found.put(variables.getOrDefault(name, name), new Variable(dataset));
                }
            }
            if (!found.isEmpty()) {
                file.add(types.get(withoutNumber(group.getName())), group.getName(), found);
            }
        }
        return file.network(size);
    }

    /** Reads a file written by {@code save_weights("NAME.weights.h5")} of Keras 3. */
    static ImportedNetwork numbered(Group root, InputSize size) {
        Map<String, Kind> types = Map.of(
                "conv2d", Kind.CONV,
                "separable_conv2d", Kind.SEPARABLE,
                "batch_normalization", Kind.NORM,
                "dense", Kind.DENSE);
        WeightsOnly file = new WeightsOnly(false);
        file.addNumbered(root, types, new HdfTensors.Met());
        return file.network(size);
    }

    private void addNumbered(Group model, Map<String, Kind> types, HdfTensors.Met met) {
        met.add(model);
        if (!(model.getChild("layers") instanceof Group parts)) {
            return;
        }
        for (Group part : numbered(parts)) {
            addNumbered(part, types, met);
            if (part.getChild("vars") instanceof Group variables
                    && !variables.getChildren().isEmpty()) {
                Kind kind = types.get(withoutNumber(part.getName()));
                Map<String, Variable> found = new HashMap<>();
                variables
                        .getChildren()
                        .forEach((number, node) -> found.put(
                                kind != null
                                                && number.matches("[0-3]")
                                                && Integer.parseInt(number)
                                                        < kind.names().size()
                                        ? kind.names().get(Integer.parseInt(number))
                                        : number,
                                Variable.of(node)));
                add(kind, part.getPath(), found);
            }
        }
    }

    /** Reads a file written by {@code save_weights("NAME.h5")} of Keras 2: layers by name. */
    static ImportedNetwork named(Group root, InputSize size) {
        WeightsOnly file = new WeightsOnly(true);
        for (String top :
                new LinkedHashSet<>(HdfTensors.texts(root, "layer_names").orElse(List.of()))) {
            Map<String, Map<String, Variable>> owners = new LinkedHashMap<>();
            if (root.getChild(top) instanceof Group group) {
                for (String path : HdfTensors.texts(group, "weight_names").orElse(List.of())) {
                    String[] parts = path.split("/", -1);
                    if (!(HdfTensors.find(group, path) instanceof Dataset dataset) || parts.length < 2) {
                        throw new IllegalArgumentException("the tensor " + top + "/" + path + " is missing");
                    }
                    owners.computeIfAbsent(parts[parts.length - 2], owner -> new HashMap<>())
                            .put(parts[parts.length - 1].replaceFirst(":\\d+$", ""), new Variable(dataset));
                }
            }
            owners.forEach((name, variables) -> file.add(kind(variables), name, variables));
        }
        file.sortByName();
        return file.network(size);
    }

    private static Kind kind(Map<String, Variable> variables) {
        if (variables.containsKey(POINTWISE)) {
            return Kind.SEPARABLE;
        } else if (variables.containsKey(MEAN)) {
            return Kind.NORM;
        } else if (variables.containsKey(KERNEL)) {
            return variables.get(KERNEL).shape().length == 4 ? Kind.CONV : Kind.DENSE;
        }
        return null;
    }

    /**
     * Sorts layers by their names in {@code keras.applications}, because the order in the file depends on which layers were frozen. Residual
     * layers, whose names are numbered, are sorted by number.
     */
    private void sortByName() {
        List<ListingEntry> separables = layers.get(Kind.SEPARABLE);
        if (separables.stream().anyMatch(found -> !found.name.matches("block\\d{1,3}_sepconv[123]"))) {
            throw new IllegalArgumentException("its layers do not have the names of keras.applications" + SAVE_WHOLE);
        }
        layers.replaceAll((kind, found) -> new ArrayList<>(
                found.stream().sorted(Comparator.comparing(WeightsOnly::order)).toList()));
        List<ListingEntry> norms = layers.get(Kind.NORM);
        List<ListingEntry> residuals =
                norms.stream().filter(found -> !found.name.startsWith("block")).toList();
        norms.removeAll(residuals);
        int entry = residuals.size() - 1;
        for (int block = 0; block < residuals.size(); block++) {
            int before = block < entry ? 2 + 3 * block : norms.size() - 4;
            norms.add(Math.max(0, Math.min(norms.size(), before)), residuals.get(block));
        }
    }

    /** Returns the sort key: blocks first, then layers with a number. */
    private static long order(ListingEntry found) {
        String digits = found.name.replaceAll("\\D+", " ").strip();
        long number = 0;
        for (String part : digits.split(" ", -1)) {
            number = 1000 * number + (part.isEmpty() || part.length() > 3 ? 0 : Integer.parseInt(part));
        }
        return found.name.startsWith("block") ? number : number + 1_000_000_000L;
    }

    private static List<Group> numbered(Group parent) {
        return parent.getChildren().values().stream()
                .filter(Group.class::isInstance)
                .map(Group.class::cast)
                .sorted(Comparator.comparingInt(WeightsOnly::number))
                .toList();
    }

    private static int number(Group group) {
        String digits = group.getName().replaceFirst("^.*_(?=\\d{1,6}$)", "");
        return digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : 0;
    }

    private static String withoutNumber(String name) {
        return name.replaceFirst("_\\d{1,6}$", "");
    }

    private void add(Kind kind, String name, Map<String, Variable> variables) {
        if (kind == null) {
            throw new IllegalArgumentException("the layer " + name + " with " + variables.values()
                    + " is not supported without the network's configuration" + SAVE_WHOLE);
        }
        layers.get(kind).add(new ListingEntry(name, new Source("the layer " + name, kind.names(), variables)));
    }

    private ImportedNetwork network(InputSize size) {
        Architecture architecture = architecture(size.unknown());
        return new ImportedNetwork(architecture, NetworkBuilder.weights(architecture, sources(architecture)));
    }

    private Architecture architecture(int inputSize) {
        List<ListingEntry> convs = layers.get(Kind.CONV);
        List<ListingEntry> separables = layers.get(Kind.SEPARABLE);
        List<ListingEntry> denses = layers.get(Kind.DENSE);
        boolean residual = convs.size() != 2;
        int entryBlocks = residual ? convs.size() - 3 : entryBlocks(separables);
        int middleBlocks = (separables.size() - 2 * entryBlocks - 4) / 3;
        if (entryBlocks < 1 || middleBlocks < 0 || 2 * entryBlocks + 3 * middleBlocks + 4 != separables.size()) {
            throw new IllegalArgumentException("it has " + convs.size() + " convolutions and " + separables.size()
                    + " separable convolutions, which is not an Xception (the paper's has 6 and 34; 2 and 34 without"
                    + " residual connections)");
        }
        if (denses.size() > 1) {
            throw new IllegalArgumentException("it has " + denses.size()
                    + " dense layers, but the file contains only the weights of the head" + SAVE_WHOLE);
        }
        List<Integer> entryWidths = new ArrayList<>();
        for (int block = 0; block < entryBlocks; block++) {
            entryWidths.add(width(separables, block));
        }
        int last = separables.size() - 1;
        return new Architecture(
                inputSize,
                inputSize,
                List.of(convs.get(0).width(KERNEL), convs.get(1).width(KERNEL)),
                entryWidths,
                middleBlocks,
                separables.get(last - 2).width(POINTWISE),
                List.of(
                        separables.get(last - 1).width(POINTWISE),
                        separables.get(last).width(POINTWISE)),
                denses.isEmpty() ? Head.withoutTop() : Head.paper(denses.get(0).width(KERNEL)),
                EPSILON,
                Architecture.PoolPadding.END,
                residual,
                Architecture.IntermediateActivation.NONE);
    }

    /** Counts the blocks of the entry flow without residual convolutions: the first block, and those that change the width. */
    private static int entryBlocks(List<ListingEntry> separables) {
        int blocks = 1;
        while (2 * blocks + 5 < separables.size() && width(separables, blocks) != width(separables, blocks - 1)) {
            blocks++;
        }
        return blocks;
    }

    /** Returns the output width of a block of two separable convolutions, by its index among such blocks. */
    private static int width(List<ListingEntry> separables, int block) {
        return separables.get(2 * block + 1).width(POINTWISE);
    }

    /** Assigns the file's layers to those of the network, by kind and order. */
    private Map<String, Source> sources(Architecture architecture) {
        Map<String, Source> sources = new HashMap<>();
        Map<Kind, Integer> taken = new EnumMap<>(Kind.class);
        for (Layer layer : inOrder(Xception.layers(architecture))) {
            Kind.of(layer).ifPresent(kind -> {
                int index = taken.merge(kind, 1, Integer::sum) - 1;
                if (index >= layers.get(kind).size()) {
                    throw new IllegalArgumentException(
                            "it has " + layers.get(kind).size() + " batch normalizations, but the network needs more: "
                                    + layer.name() + " has none");
                }
                sources.put(layer.name(), layers.get(kind).get(index).source());
            });
        }
        int left = layers.get(Kind.NORM).size() - taken.get(Kind.NORM);
        if (left != 0) {
            throw new IllegalArgumentException("it has " + left + " extra batch normalizations" + SAVE_WHOLE);
        }
        return sources;
    }

    private List<Layer> inOrder(List<Layer> network) {
        if (residualsFirst) {
            return network;
        }
        List<Layer> ordered = new ArrayList<>();
        List<Layer> residuals = new ArrayList<>();
        for (Layer layer : network) {
            if (layer.name().contains("_residual")) {
                residuals.add(layer);
            } else {
                ordered.add(layer);
            }
            if (layer instanceof Layer.MaxPool) {
                ordered.addAll(residuals);
                residuals.clear();
            }
        }
        return ordered;
    }
}
