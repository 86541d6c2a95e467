package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Head.Function;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.Layer.SeparableConv2d;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Weights;
import org.sparkxception.model.Xception;
import org.sparkxception.model.torchscript.ProgramText.Conv;

/**
 * Compiles a model to a TorchScript archive, without Python. The program takes uint8 or float32 RGB images of the model's input size
 * (images × rows × columns × 3) and returns float32 logits (images × units), or the embedding (images × values) if the network has no
 * classes. Normalization and batch normalization are folded into the convolutions, and weights are channels-last.
 */
public final class TorchScriptCompiler extends NetworkCompiler {
    private final boolean observing;
    private final Map<String, String> observations = new LinkedHashMap<>();

    /**
     * Compiles a model.
     *
     * @param channelBlock number of channels of a map that the machine multiplies at once; 1 for no padding
     * @param extraOutputs names of layers whose outputs the program returns after the network's own, such as {@link
     *     Xception#EMBEDDING}; feature maps are images × channels × rows × columns
     * @param out receives the archive, for {@code torch::jit::load}
     * @throws IOException if the bundle's weights are damaged
     * @throws UncheckedIOException if the archive cannot be written
     */
    public static void compile(
            ModelBundle bundle,
            OperatorSet dialect,
            Precision precision,
            int channelBlock,
            List<String> extraOutputs,
            OutputStream out)
            throws IOException {
        List<String> outputs = new ArrayList<>(List.of(Xception.output(bundle.architecture())));
        outputs.addAll(extraOutputs);
        new TorchScriptCompiler(bundle, dialect, precision, channelBlock, new LinkedHashSet<>(outputs), false, out)
                .writeReturning(outputs);
    }

    private TorchScriptCompiler(
            ModelBundle bundle,
            OperatorSet dialect,
            Precision precision,
            int channelBlock,
            Set<String> outputs,
            boolean observing,
            OutputStream out)
            throws IOException {
        super(bundle, dialect, precision, channelBlock, outputs, out);
        this.observing = observing;
    }

    /**
     * Compiles the program for a {@link Calibration}: it returns the statistics of each feature map, for {@link Calibration.Channels#of}.
     *
     * @param out receives the archive
     * @return the names of the maps, in the order of the outputs
     * @throws IOException if the bundle's weights are damaged
     * @throws UncheckedIOException if the archive cannot be written
     */
    public static List<String> compileObserving(ModelBundle bundle, OperatorSet dialect, OutputStream out)
            throws IOException {
        TorchScriptCompiler compiler = new TorchScriptCompiler(bundle, dialect, Precision.FP32, 1, Set.of(), true, out);
        compiler.emitAll(Optional.empty());
        Map<String, String> statistics = compiler.observations;
        compiler.archive.finish(compiler.text.returning(List.copyOf(statistics.values())));
        return List.copyOf(statistics.keySet());
    }

    @Override
    void emitted(String map, String value) {
        if (observing) {
            observations.put(map, text.statistics(value));
        }
    }

    @Override
    String input() {
        return text.input();
    }

    @Override
    String relu(Relu layer, String input) {
        return text.relu(input);
    }

    @Override
    String add(String left, String right) {
        return text.add(left, right);
    }

    @Override
    String maxPool(String input, FeatureMap map, int paddingRows, int paddingColumns, boolean roundUp) {
        return text.maxPool(input, paddingRows, paddingColumns, roundUp);
    }

    @Override
    String raised(String lastMap) {
        return text.raised(lastMap);
    }

    @Override
    String convolve(BatchNorm norm, Layer result, Optional<String> accumulator, boolean relu) {
        Layer layer = layers.get(norm.input());
        FeatureMap source = maps.get(layer.inputs().get(0));
        String input;
        Conv conv;
        if (layer instanceof SeparableConv2d separable) {
            FoldedConv depthwise = FoldedConv.plain(weights.get(layer.name(), Weights.DEPTHWISE));
            Conv first =
                    store(layer.name() + "_depthwise", depthwise, source, 1, 1, stored.of(separable.inputChannels()));
            text.prepare(first, true);
            input = depthwise(value(separable.input()), first, separable.intermediate());
            emitted(Calibration.between(layer.name()), input);
            conv = store(layer.name(), fold(weights, Weights.POINTWISE, norm, layer), source, 0, 1, 1);
        } else {
            Conv2d plain = (Conv2d) layer;
            FoldedConv folded = FoldedConv.plain(weights.get(layer.name(), Weights.KERNEL));
            if (takesPixels(plain)) {
                folded = folded.afterNormalization(preprocessing);
            }
            folded = folded.beforeBatchNorm(weights, norm.name(), norm.epsilon());
            input = value(plain.input());
            conv = store(layer.name(), folded, source, plain.padded() ? plain.kernel() / 2 : 0, plain.stride(), 1);
        }
        text.prepare(conv, !takesPixels(layer));
        if (accumulator.isPresent()) {
            return text.convInto(accumulator.get(), input, conv);
        }
        String output = text.conv(input, conv, relu);
        return takesPixels(layer) ? text.lowered(output) : output;
    }

    /** Whether a convolution is the first, which stays in float32: it costs little, and pixels are exact. */
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

    private Conv store(String name, FoldedConv folded, FeatureMap input, int padding, int stride, int groups) {
        FoldedConv wide = folded.withZeros(stored);
        int[] shape = wide.kernel().shape();
        String kernel = archive.addChannelsLast(
                name + "_kernel", wide.kernel().toArray(), shape[0], shape[1], shape[2], shape[3]);
        Optional<String> bias = wide.bias().map(values -> archive.add(name + "_bias", values));
        return new Conv(kernel, shape[0], shape[2], bias, stored.of(input), padding, stride, groups);
    }
}
