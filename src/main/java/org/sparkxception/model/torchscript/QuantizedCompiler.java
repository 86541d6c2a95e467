package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.Calibration.Channels;
import org.sparkxception.model.FeatureMap;
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

/**
 * Compiles a model to a TorchScript archive that computes the convolutions in 8-bit integers, and the head in float32. Inputs and
 * outputs of the program are those of {@link TorchScriptCompiler}.
 *
 * <p>Weights are quantized symmetrically with a scale per output; feature maps are unsigned. Maps that are connected by a sum, a pool or
 * a ReLU share their {@link QuantizationParams}; all others have their own.
 */
public final class QuantizedCompiler extends NetworkCompiler {
    private final Calibration calibration;
    private final QuantizedText quantized = new QuantizedText(text);
    private final Map<String, QuantizationParams> units = new HashMap<>();
    private final String lastMap;

    /**
     * Compiles a model.
     *
     * @param calibration calibration of this model on representative images
     * @param channelBlock see {@link TorchScriptCompiler#compile}
     * @param extraOutputs see {@link TorchScriptCompiler#compile}; feature maps are not allowed
     * @param out receives the archive
     * @throws IOException if the bundle's weights are damaged
     * @throws UncheckedIOException if the archive cannot be written
     */
    public static void compile(
            ModelBundle bundle, Calibration calibration, int channelBlock, List<String> extraOutputs, OutputStream out)
            throws IOException {
        List<String> outputs = new ArrayList<>(List.of(Xception.output(bundle.architecture())));
        outputs.addAll(extraOutputs);
        new QuantizedCompiler(bundle, calibration, channelBlock, new LinkedHashSet<>(outputs), out)
                .writeReturning(outputs);
    }

    private QuantizedCompiler(
            ModelBundle bundle, Calibration calibration, int channelBlock, Set<String> outputs, OutputStream out)
            throws IOException {
        super(bundle, OperatorSet.FUSED, Precision.INT8, channelBlock, outputs, out);
        this.calibration = calibration;
        this.lastMap = layers.get(Xception.EMBEDDING).inputs().get(0);
        shareUnits(Xception.layers(bundle.architecture()));
    }

    /** A convolution's output has its own quantization; every other layer shares that of its inputs. */
    private void shareUnits(List<Layer> network) {
        Map<String, List<String>> sharing = new LinkedHashMap<>();
        for (Layer layer : network) {
            if (layer.name().equals(Xception.EMBEDDING)) {
                break;
            }
            List<String> together = new ArrayList<>(List.of(layer.name()));
            if (!(layer instanceof Conv2d || layer instanceof SeparableConv2d)) {
                for (String input : layer.inputs()) {
                    List<String> others = sharing.get(input);
                    if (!together.containsAll(others)) {
                        together.addAll(others);
                    }
                }
            }
            together.forEach(name -> sharing.put(name, together));
        }
        sharing.values().stream().distinct().forEach(this::setUnits);
        units.put("input", QuantizationParams.ofPixels(maps.get("input").channels()));
    }

    private void setUnits(List<String> together) {
        List<Channels> observed = together.stream()
                .filter(name -> !fusion.isAbsorbed(name))
                .map(calibration::channels)
                .toList();
        if (!observed.isEmpty()) {
            Channels all = observed.stream().reduce((a, b) -> a.with(b, 0.5)).orElseThrow();
            QuantizationParams common = QuantizationParams.withCommonZero(all);
            together.forEach(name -> units.put(name, common));
        }
    }

    @Override
    String input() {
        return quantized.input(preprocessing.resize().hasFractions());
    }

    @Override
    String relu(Relu layer, String input) {
        return quantized.relu(input, units.get(layer.name()).commonZero());
    }

    @Override
    String add(String left, String right) {
        throw new IllegalStateException("a sum that is not fused with a convolution is not supported in 8 bits");
    }

    @Override
    String maxPool(String input, FeatureMap map, int paddingRows, int paddingColumns, boolean roundUp) {
        return quantized.maxPool(input, map, paddingRows, paddingColumns);
    }

    /** The last convolution already returns float32. */
    @Override
    String raised(String map) {
        return map;
    }

    @Override
    String convolve(BatchNorm norm, Layer result, Optional<String> accumulator, boolean relu) {
        Layer layer = layers.get(norm.input());
        String source = layer.inputs().get(0);
        String input = value(source);
        QuantizationParams inputUnits = units.get(source);
        float[] mean = calibration.channels(source).mean();
        boolean floats = result.name().equals(lastMap);
        QuantizationParams output = floats ? QuantizationParams.ofPixels(norm.channels()) : units.get(result.name());
        FoldedConv conv;
        int padding = 0;
        int stride = 1;
        boolean zeroIsPadding = true;
        if (layer instanceof SeparableConv2d separable) {
            Channels between = calibration.channels(Calibration.between(layer.name()));
            boolean cutAtZero = separable.intermediate() == IntermediateActivation.RELU;
            QuantizationParams own =
                    cutAtZero ? QuantizationParams.withCommonZero(between) : QuantizationParams.ofRanges(between);
            int channels = separable.inputChannels();
            FoldedConv depthwise = FoldedConv.plain(weights.get(layer.name(), Weights.DEPTHWISE));
            QuantizedConv first = QuantizedConv.of(depthwise, channels, inputUnits, mean, true, own)
                    .shifted(own.zero());
            input = quantized.conv(
                    input,
                    inputUnits.commonZero(),
                    store(layer.name() + "_depthwise", first, maps.get(source), 1, 1, stored.of(channels)),
                    0,
                    cutAtZero);
            inputUnits = own;
            mean = between.mean();
            zeroIsPadding = false;
            conv = FoldedConv.plain(weights.get(layer.name(), Weights.POINTWISE));
        } else {
            Conv2d plain = (Conv2d) layer;
            conv = FoldedConv.plain(weights.get(layer.name(), Weights.KERNEL));
            if (layers.get(source) instanceof Input) {
                conv = conv.afterNormalization(preprocessing);
            }
            padding = plain.padded() ? plain.kernel() / 2 : 0;
            stride = plain.stride();
        }
        QuantizedConv rounded = QuantizedConv.of(
                conv.beforeBatchNorm(weights, norm.name(), norm.epsilon()), 1, inputUnits, mean, zeroIsPadding, output);
        QuantizedText.Conv stored = store(layer.name(), rounded, maps.get(source), padding, stride, 1);
        int inputZero = zeroIsPadding ? inputUnits.commonZero() : 0;
        if (accumulator.isPresent()) {
            return quantized.convInto(accumulator.get(), input, inputZero, stored, output.commonZero());
        }
        return floats
                ? quantized.convToFloats(input, inputZero, stored, relu)
                : quantized.conv(input, inputZero, stored, output.commonZero(), relu);
    }

    private QuantizedText.Conv store(
            String name, QuantizedConv conv, FeatureMap input, int padding, int stride, int groups) {
        QuantizedConv wide = conv.withZeros(stored);
        int[] shape = wide.shape();
        return new QuantizedText.Conv(
                archive.add(name + "_kernel", wide.kernel(), shape[0], shape[1], shape[2], shape[3]),
                archive.add(name + "_scales", wide.scales()),
                archive.addZeros(name + "_zeros", shape[0]),
                archive.add(name + "_bias", wide.bias()),
                stored.of(input),
                padding,
                stride,
                groups);
    }
}
