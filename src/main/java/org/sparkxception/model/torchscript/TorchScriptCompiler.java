package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Architecture.PoolPadding;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Head.Function;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.MaxPool;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.Layer.SeparableConv2d;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
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
    private final HeadCompiler head;
    private final Map<String, String> values = new HashMap<>();
    private final boolean observing;
    private final Map<String, String> observations = new LinkedHashMap<>();

    /**
     * Compiles a model.
     *
     * @param extraOutputs names of layers whose outputs the program returns after the network's own, such as {@link
     *     Xception#EMBEDDING}; feature maps are images × channels × rows × columns
     * @return the archive, for {@code torch::jit::load}
     * @throws IOException if the bundle's weights are damaged
     */
    public static byte[] compile(ModelBundle bundle, Dialect dialect, Precision precision, List<String> extraOutputs)
            throws IOException {
        List<String> outputs = new ArrayList<>(List.of(Xception.output(bundle.architecture())));
        outputs.addAll(extraOutputs);
        return new TorchScriptCompiler(bundle, dialect, precision, new LinkedHashSet<>(outputs), false)
                .compile(outputs);
    }

    private TorchScriptCompiler(
            ModelBundle bundle, Dialect dialect, Precision precision, Set<String> outputs, boolean observing)
            throws IOException {
        List<Layer> network = Xception.layers(bundle.architecture());
        layers = network.stream().collect(Collectors.toMap(Layer::name, layer -> layer));
        maps = FeatureMap.ofLayers(bundle.architecture());
        preprocessing = bundle.preprocessing();
        weights = bundle.weights();
        fusion = new Fusion(network, outputs);
        text = new ProgramText(dialect, precision);
        this.observing = observing;
        head = new HeadCompiler(weights, maps, archive, text);
    }

    /**
     * A program that observes its feature maps.
     *
     * @param archive returns, of each map, what {@link Calibration.Channels#of} takes
     * @param maps their names, in the order of the outputs
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Observing(byte[] archive, List<String> maps) {}

    /**
     * Compiles the program that a {@link Calibration} is made with.
     *
     * @throws IOException if the bundle's weights are damaged
     */
    public static Observing compileObserving(ModelBundle bundle, Dialect dialect) throws IOException {
        TorchScriptCompiler compiler = new TorchScriptCompiler(bundle, dialect, Precision.FP32, Set.of(), true);
        compiler.emitAll();
        Map<String, String> statistics = compiler.observations;
        return new Observing(
                compiler.archive.write(compiler.text.returning(List.copyOf(statistics.values()))),
                List.copyOf(statistics.keySet()));
    }

    private byte[] compile(List<String> outputs) {
        emitAll();
        return archive.write(text.returning(outputs.stream().map(values::get).toList()));
    }

    private void emitAll() {
        boolean inHead = false;
        for (String name : maps.keySet()) {
            Layer layer = layers.get(name);
            if (name.equals(Xception.EMBEDDING)) {
                inHead = true;
                values.computeIfPresent(layer.inputs().get(0), (map, value) -> text.raised(value));
            }
            if (inHead) {
                values.put(name, head.emit(layer, values.get(layer.inputs().get(0))));
            } else if (!fusion.isAbsorbed(name)) {
                values.put(name, emit(layer));
                observe(name, values.get(name));
            }
        }
    }

    private void observe(String map, String value) {
        if (observing) {
            observations.put(map, text.statistics(value));
        }
    }

    private String emit(Layer layer) {
        if (layer instanceof Input) {
            return text.input();
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
        }
        throw new IllegalStateException("no such layer: " + layer);
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
            text.prepare(first, true);
            input = depthwise(values.get(separable.input()), first, separable.intermediate());
            observe(Calibration.between(layer.name()), input);
            conv = store(layer.name(), fold(weights, Weights.POINTWISE, norm, layer), 0, 1, 1);
        } else {
            Conv2d plain = (Conv2d) layer;
            FoldedConv folded = FoldedConv.plain(weights.get(layer.name(), Weights.KERNEL));
            if (takesPixels(plain)) {
                folded = folded.afterNormalisation(preprocessing);
            }
            folded = folded.beforeBatchNorm(weights, norm.name(), norm.epsilon());
            input = values.get(plain.input());
            conv = store(layer.name(), folded, plain.padded() ? plain.kernel() / 2 : 0, plain.stride(), 1);
        }
        text.prepare(conv, !takesPixels(layer));
        if (accumulator.isPresent()) {
            return text.convInto(accumulator.get(), input, conv);
        }
        String output = text.conv(input, conv, relu);
        return takesPixels(layer) ? text.lowered(output) : output;
    }

    /** The first convolution stays in float32: it costs little, and pixels are exact. */
    private boolean takesPixels(Layer conv) {
        return layers.get(conv.inputs().get(0)) instanceof Input;
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
