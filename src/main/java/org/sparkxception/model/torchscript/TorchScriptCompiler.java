package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Architecture.PoolPadding;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Head.Function;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Activate;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Dense;
import org.sparkxception.model.Layer.Flatten;
import org.sparkxception.model.Layer.GlobalAveragePool;
import org.sparkxception.model.Layer.GlobalMaxPool;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.MaxPool;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.Layer.SeparableConv2d;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;
import org.sparkxception.model.Xception;
import org.sparkxception.model.torchscript.ProgramText.Conv;

/**
 * Makes a TorchScript archive of a model, without Python. The program takes uint8 or float32 RGB images of the model's input
 * size (images × rows × columns × 3) and returns float32 logits (images × classes), or the embedding (images × values) where
 * the network has no classes. Normalisation and batch normalisation are
 * multiplied into the convolutions, and weights lie channels-last.
 */
public final class TorchScriptCompiler {
    private final Map<String, Layer> layers;
    private final Map<String, FeatureMap> maps;
    private final Preprocessing preprocessing;
    private final Weights weights;
    private final Fusion fusion;
    private final Archive archive = new Archive();
    private final ProgramText text;
    private final Map<String, String> values = new HashMap<>();

    /**
     * Compiles a model.
     *
     * @param extraOutputs names of layers whose outputs the program returns after the network's own, such as {@link
     *     Xception#EMBEDDING}; feature maps are images × channels × rows × columns
     * @return the archive, for {@code torch::jit::load}
     * @throws IOException if the bundle's weights are damaged
     */
    public static byte[] compile(ModelBundle bundle, Dialect dialect, List<String> extraOutputs) throws IOException {
        List<Layer> network = Xception.layers(bundle.architecture());
        List<String> outputs =
                new ArrayList<>(List.of(network.get(network.size() - 1).name()));
        outputs.addAll(extraOutputs);
        return new TorchScriptCompiler(bundle, network, dialect, new LinkedHashSet<>(outputs)).compile(outputs);
    }

    private TorchScriptCompiler(ModelBundle bundle, List<Layer> network, Dialect dialect, Set<String> outputs)
            throws IOException {
        layers = network.stream().collect(Collectors.toMap(Layer::name, layer -> layer));
        maps = FeatureMap.ofLayers(bundle.architecture());
        preprocessing = bundle.preprocessing();
        weights = bundle.weights();
        fusion = new Fusion(network, outputs);
        text = new ProgramText(dialect);
    }

    private byte[] compile(List<String> outputs) {
        for (String name : maps.keySet()) {
            if (!fusion.isAbsorbed(name)) {
                values.put(name, emit(layers.get(name)));
            }
        }
        return archive.write(text.returning(outputs.stream().map(values::get).toList()));
    }

    private String emit(Layer layer) {
        if (layer instanceof Input) {
            return text.input();
        } else if (layer instanceof BatchNorm norm && !fusion.isAbsorbed(norm.input())) {
            return scaleAndShift(norm);
        } else if (layer instanceof BatchNorm norm) {
            return convolve(norm, Optional.empty(), false);
        } else if (layer instanceof Relu relu) {
            return fusion.isAbsorbed(relu.input())
                    ? convolve((BatchNorm) layers.get(relu.input()), Optional.empty(), true)
                    : text.relu(values.get(relu.input()));
        } else if (layer instanceof Add add) {
            return sum(add);
        } else if (layer instanceof MaxPool pool) {
            FeatureMap map = maps.get(pool.input());
            return pool.padding() == PoolPadding.SYMMETRIC
                    ? text.maxPool(values.get(pool.input()), 1, 1, false)
                    : text.maxPool(values.get(pool.input()), map.height() % 2, map.width() % 2, true);
        } else if (layer instanceof GlobalAveragePool pool) {
            return text.mean(values.get(pool.input()));
        } else if (layer instanceof GlobalMaxPool pool) {
            return text.max(values.get(pool.input()));
        } else if (layer instanceof Flatten flatten) {
            return text.flatten(
                    values.get(flatten.input()), maps.get(flatten.name()).channels());
        } else if (layer instanceof Activate activate) {
            return text.activation(values.get(activate.input()), activate.function(), activate.parameter());
        } else if (layer instanceof Dense dense) {
            String weight = archive.add(
                    dense.name() + "_weight",
                    weights.get(dense.name(), Weights.KERNEL).toArray(),
                    dense.units(),
                    dense.inputChannels());
            String bias = archive.add(
                    dense.name() + "_bias",
                    weights.get(dense.name(), Weights.BIAS).toArray());
            return text.linear(values.get(dense.input()), weight, bias);
        }
        throw new IllegalStateException("no such layer: " + layer);
    }

    /** Batch normalisation of a vector. */
    private String scaleAndShift(BatchNorm norm) {
        FoldedConv identity =
                FoldedConv.plain(ones(norm.channels())).beforeBatchNorm(weights, norm.name(), norm.epsilon());
        String scale = archive.add(norm.name() + "_scale", identity.kernel().toArray());
        String shift = archive.add(norm.name() + "_shift", identity.bias().orElseThrow());
        return text.add(text.multiply(values.get(norm.input()), scale), shift);
    }

    private static Tensor ones(int channels) {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return Tensor.of(ones, channels, 1, 1, 1);
    }

    private String sum(Add add) {
        if (fusion.isAbsorbed(add.left())) {
            return convolve((BatchNorm) layers.get(add.left()), Optional.of(values.get(add.right())), false);
        } else if (fusion.isAbsorbed(add.right())) {
            return convolve((BatchNorm) layers.get(add.right()), Optional.of(values.get(add.left())), false);
        }
        return text.add(values.get(add.left()), values.get(add.right()));
    }

    /** A convolution with the batch normalisation behind it, and with what else is fused. */
    private String convolve(BatchNorm norm, Optional<String> accumulator, boolean relu) {
        Layer layer = layers.get(norm.input());
        String input;
        Conv conv;
        if (layer instanceof SeparableConv2d separable) {
            FoldedConv depthwise = FoldedConv.plain(weights.get(layer.name(), Weights.DEPTHWISE));
            Conv first = store(layer.name() + "_depthwise", depthwise, 1, 1, separable.inputChannels());
            input = depthwise(values.get(separable.input()), first, separable.intermediate());
            conv = store(layer.name(), fold(weights, Weights.POINTWISE, norm, layer), 0, 1, 1);
        } else {
            Conv2d plain = (Conv2d) layer;
            FoldedConv folded = FoldedConv.plain(weights.get(layer.name(), Weights.KERNEL));
            if (layers.get(plain.input()) instanceof Input) {
                folded = folded.afterNormalisation(preprocessing);
            }
            folded = folded.beforeBatchNorm(weights, norm.name(), norm.epsilon());
            input = values.get(plain.input());
            conv = store(layer.name(), folded, plain.padded() ? plain.kernel() / 2 : 0, plain.stride(), 1);
        }
        return accumulator.isPresent() ? text.convInto(accumulator.get(), input, conv) : text.conv(input, conv, relu);
    }

    private String depthwise(String input, Conv conv, IntermediateActivation intermediate) {
        String result = text.conv(input, conv, intermediate == IntermediateActivation.RELU);
        return intermediate == IntermediateActivation.ELU ? text.activation(result, Function.ELU, 1) : result;
    }

    private static FoldedConv fold(Weights weights, String variable, BatchNorm norm, Layer layer) {
        return FoldedConv.plain(weights.get(layer.name(), variable))
                .beforeBatchNorm(weights, norm.name(), norm.epsilon());
    }

    private Conv store(String name, FoldedConv folded, int padding, int stride, int groups) {
        int[] shape = folded.kernel().shape();
        String kernel = archive.addChannelsLast(
                name + "_kernel", folded.kernel().toArray(), shape[0], shape[1], shape[2], shape[3]);
        Optional<String> bias = folded.bias().map(values -> archive.add(name + "_bias", values));
        return new Conv(kernel, bias, padding, stride, groups);
    }
}
