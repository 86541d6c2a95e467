package org.sparkxception.model.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.PixelScaling;
import org.sparkxception.model.Weights;
import org.sparkxception.model.keras.NetworkBuilder.Source;

/**
 * Recognizes an Xception in a graph of Keras layers: walks from the input to the output, and requires each layer to be that of the
 * network, with the same settings.
 */
final class XceptionMatcher {
    private static final String POOL = "MaxPooling2D";

    /** The stem is block 1. */
    private static final int FIRST_BLOCK = 2;

    private final GraphWalk walk;
    private final KerasVariables variables;
    private final SeparableMatcher separables;
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private OptionalDouble epsilon = OptionalDouble.empty();

    private XceptionMatcher(KerasGraph graph, KerasVariables variables) {
        this.walk = new GraphWalk(graph);
        this.variables = variables;
        this.separables = new SeparableMatcher(walk, variables);
    }

    /**
     * Converts a graph to a network.
     *
     * @param size the input size if the graph does not specify it
     * @throws IllegalArgumentException if it is not an Xception with a supported head; the message contains the layer
     */
    static ImportedNetwork match(KerasGraph graph, KerasVariables variables, InputSize size) {
        return new XceptionMatcher(graph, variables).match(size);
    }

    private ImportedNetwork match(InputSize size) {
        InputSize.Size input = size.of(walk.inputLayer());
        Optional<PixelScaling> scaling = new ScalingMatcher(walk, variables).match();
        List<Integer> stem =
                List.of(conv("block1_conv1", 3, 2, "valid", true), conv("block1_conv2", 3, 1, "valid", true));
        List<Integer> entry = new ArrayList<>();
        OptionalInt exit = OptionalInt.empty();
        int middle = 0;
        int block = 1;
        boolean residual = walk.isBranch();
        while (exit.isEmpty() && (residual ? walk.isBranch() : isPlainBlock(block + 1))) {
            block++;
            OptionalInt width = residual ? residualBlock(block) : plainBlock(block);
            if (width.isEmpty()) {
                middle++;
            } else if (middle == 0) {
                entry.add(width.getAsInt());
            } else {
                exit = width;
            }
        }
        if (exit.isEmpty() && entry.size() > 1) {
            exit = OptionalInt.of(entry.remove(entry.size() - 1));
        }
        if (exit.isEmpty()) {
            throw walk.unexpected("another block");
        }
        block++;
        List<Integer> exitConvs = new ArrayList<>();
        for (int conv = 1; conv <= 2; conv++) {
            exitConvs.add(separable("block" + block + "_sepconv" + conv));
            walk.take("a ReLU activation", GraphWalk::isRelu);
        }
        HeadMatcher head = new HeadMatcher(walk, this::source);
        Architecture architecture = new Architecture(
                input.height(),
                input.width(),
                stem,
                entry,
                middle,
                exit.getAsInt(),
                exitConvs,
                head.match(),
                epsilon.orElseThrow(),
                Architecture.PoolPadding.END,
                residual,
                separables.intermediate());
        head.sources().forEach(sources::put);
        return new ImportedNetwork(
                architecture, NetworkBuilder.weights(architecture, sources), scaling, true, input.isTold());
    }

    private int conv(String name, int kernel, int stride, String padding, boolean relu) {
        KerasLayer layer = walk.take("Conv2D", next -> next.type().equals("Conv2D"));
        return conv(name, layer, kernel, stride, padding, relu);
    }

    private int conv(String name, KerasLayer layer, int kernel, int stride, String padding, boolean relu) {
        Settings settings = new Settings(layer);
        settings.require("kernel_size", kernel);
        settings.require("strides", stride);
        settings.require("padding", padding);
        settings.require("groups", 1);
        settings.requirePlainConvolution();
        settings.require("activation", "linear");
        sources.put(name, source(layer));
        norm(name + "_bn");
        if (relu) {
            walk.take("a ReLU activation", GraphWalk::isRelu);
        }
        return settings.positive("filters");
    }

    private void norm(String name) {
        KerasLayer layer = walk.take("BatchNormalization", GraphWalk::isBatchNorm);
        Settings settings = new Settings(layer);
        settings.requireLastAxis(3);
        double found = settings.number("epsilon", 1e-3);
        if (epsilon.isPresent() && epsilon.getAsDouble() != found) {
            throw new IllegalArgumentException(
                    layer.describe() + " has the epsilon " + found + ", but the others have " + epsilon.getAsDouble());
        }
        epsilon = OptionalDouble.of(found);
        sources.put(name, source(layer));
    }

    private int separable(String name) {
        SeparableMatcher.Separable found = separables.match();
        sources.put(name, found.source());
        norm(name + "_bn");
        return found.filters();
    }

    /** @return the filters of a block that halves the map; empty for a block of the middle flow */
    private OptionalInt residualBlock(int block) {
        if (walk.branchesTo("Conv2D")) {
            return OptionalInt.of(downsample(block));
        }
        middle("block" + block);
        return OptionalInt.empty();
    }

    /** Without residual connections, a block starts with ReLU, but in the exit flow ReLU follows the last separable convolutions. */
    private boolean isPlainBlock(int block) {
        return block == FIRST_BLOCK || walk.isNext(GraphWalk::isRelu);
    }

    /** Like {@link #residualBlock}, for a network without residual connections. */
    private OptionalInt plainBlock(int block) {
        int width = firstTwo(block);
        if (walk.isNext(next -> next.type().equals(POOL))) {
            pool();
            return OptionalInt.of(width);
        }
        walk.take("MaxPooling2D or a ReLU activation", GraphWalk::isRelu);
        separable("block" + block + "_sepconv3");
        return OptionalInt.empty();
    }

    /** Matches two separable convolutions and a pool, in parallel with a strided 1×1 convolution. */
    private int downsample(int block) {
        int entrance = walk.at();
        KerasLayer residual = walk.takeBranch("Conv2D");
        int width = conv("block" + block + "_residual", residual, 1, 2, "same", false);
        int side = walk.at();
        walk.returnTo(entrance);
        int last = firstTwo(block);
        if (last != width) {
            throw new IllegalArgumentException("block" + block + " has " + last
                    + " channels, but its residual convolution, " + residual.describe() + ", has " + width);
        }
        pool();
        walk.join(side);
        return width;
    }

    /** The first block starts without ReLU, right after that of the stem. */
    private int firstTwo(int block) {
        if (block != FIRST_BLOCK) {
            walk.take("a ReLU activation", GraphWalk::isRelu);
        }
        separable("block" + block + "_sepconv1");
        walk.take("a ReLU activation", GraphWalk::isRelu);
        return separable("block" + block + "_sepconv2");
    }

    private void pool() {
        Settings pool = new Settings(walk.take(POOL, found -> found.type().equals(POOL)));
        pool.require("pool_size", 3);
        pool.require("strides", 2);
        pool.require("padding", "same");
        pool.require("data_format", "channels_last");
    }

    private void middle(String block) {
        int entrance = walk.at();
        walk.reserve("Add");
        for (int conv = 1; conv <= 3; conv++) {
            walk.take("a ReLU activation", GraphWalk::isRelu);
            separable(block + "_sepconv" + conv);
        }
        walk.join(entrance);
    }

    /** Returns the variables of a layer in the file. */
    private Source source(KerasLayer layer) {
        Settings settings = new Settings(layer);
        List<String> names = new ArrayList<>();
        switch (layer.type()) {
            case "Conv2D", "Dense" -> {
                names.add(Weights.KERNEL);
                if (settings.isOn("use_bias")) {
                    names.add(Weights.BIAS);
                }
            }
            default -> {
                if (settings.isOn("scale")) {
                    names.add(Weights.GAMMA);
                }
                if (settings.isOn("center")) {
                    names.add(Weights.BETA);
                }
                names.addAll(List.of(Weights.MEAN, Weights.VARIANCE));
            }
        }
        return new Source(layer.describe(), names, variables.of(layer, names));
    }
}
