package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Architecture.PoolPadding;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.Calibration.Channels;
import org.sparkxception.model.FeatureMap;
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

/**
 * Makes a TorchScript archive that computes the convolutions of a model in 8-bit integers, and its head in float32. It takes what
 * {@link TorchScriptCompiler}'s programs take and returns what they return.
 *
 * <p>Weights are symmetric with a scale an output; feature maps are unsigned. Maps that are added to each other, pooled or cut at zero
 * share their {@link Units}; each other one has its own.
 */
public final class QuantizedCompiler {
    private final Map<String, Layer> layers;
    private final Map<String, FeatureMap> maps;
    private final Preprocessing preprocessing;
    private final Weights weights;
    private final Calibration calibration;
    private final Fusion fusion;
    private final HeadCompiler head;
    private final Archive archive = new Archive();
    private final ProgramText lines = new ProgramText(Dialect.FUSED, Precision.INT8);
    private final QuantizedText text = new QuantizedText(lines);
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, Units> units = new HashMap<>();
    private final String lastMap;

    /**
     * Compiles a model.
     *
     * @param calibration of this model, on images of the kind that will be scored
     * @param extraOutputs see {@link TorchScriptCompiler#compile}; none may be a feature map
     * @throws IOException if the bundle's weights are damaged
     */
    public static byte[] compile(ModelBundle bundle, Calibration calibration, List<String> extraOutputs)
            throws IOException {
        List<String> outputs = new ArrayList<>(List.of(Xception.output(bundle.architecture())));
        outputs.addAll(extraOutputs);
        return new QuantizedCompiler(bundle, calibration, outputs).compile(outputs);
    }

    private QuantizedCompiler(ModelBundle bundle, Calibration calibration, List<String> outputs) throws IOException {
        List<Layer> network = Xception.layers(bundle.architecture());
        this.layers = network.stream().collect(Collectors.toMap(Layer::name, layer -> layer));
        this.maps = FeatureMap.ofLayers(bundle.architecture());
        this.preprocessing = bundle.preprocessing();
        this.weights = bundle.weights();
        this.calibration = calibration;
        this.fusion = new Fusion(network, new LinkedHashSet<>(outputs));
        this.lastMap = layers.get(Xception.EMBEDDING).inputs().get(0);
        this.head = new HeadCompiler(weights, maps, archive, lines);
        shareUnits(network);
    }

    /** A convolution's output has units of its own; every other layer shares those of its inputs. */
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
        units.put("input", Units.ofPixels(maps.get("input").channels()));
    }

    private void setUnits(List<String> together) {
        List<Channels> observed = together.stream()
                .filter(name -> !fusion.isAbsorbed(name))
                .map(calibration::of)
                .toList();
        if (!observed.isEmpty()) {
            Channels all = observed.stream().reduce((a, b) -> a.with(b, 0.5)).orElseThrow();
            Units common = Units.withCommonZero(all);
            together.forEach(name -> units.put(name, common));
        }
    }

    private byte[] compile(List<String> outputs) {
        boolean inHead = false;
        for (String name : maps.keySet()) {
            Layer layer = layers.get(name);
            inHead |= name.equals(Xception.EMBEDDING);
            if (inHead) {
                values.put(name, head.emit(layer, values.get(layer.inputs().get(0))));
            } else if (!fusion.isAbsorbed(name)) {
                values.put(name, emit(layer));
            }
        }
        return archive.write(lines.returning(outputs.stream().map(values::get).toList()));
    }

    private String emit(Layer layer) {
        if (layer instanceof Input) {
            return text.input();
        } else if (layer instanceof BatchNorm norm) {
            return convolve(norm, layer, Optional.empty(), false);
        } else if (layer instanceof Relu relu) {
            return fusion.isAbsorbed(relu.input())
                    ? convolve((BatchNorm) layers.get(relu.input()), layer, Optional.empty(), true)
                    : text.relu(values.get(relu.input()), units.get(relu.name()).commonZero());
        } else if (layer instanceof Add add) {
            if (fusion.isAbsorbed(add.left())) {
                return convolve((BatchNorm) layers.get(add.left()), layer, Optional.of(values.get(add.right())), false);
            } else if (fusion.isAbsorbed(add.right())) {
                return convolve((BatchNorm) layers.get(add.right()), layer, Optional.of(values.get(add.left())), false);
            }
        } else if (layer instanceof MaxPool pool) {
            FeatureMap map = maps.get(pool.input());
            return pool.padding() == PoolPadding.SYMMETRIC
                    ? text.maxPool(values.get(pool.input()), 1, 1, false)
                    : text.maxPool(values.get(pool.input()), map.height() % 2, map.width() % 2, true);
        }
        throw new IllegalStateException("no 8-bit form of the layer " + layer);
    }

    /** A convolution with its batch normalisation, written as the output of {@code result}. */
    private String convolve(BatchNorm norm, Layer result, Optional<String> accumulator, boolean relu) {
        Layer layer = layers.get(norm.input());
        String source = layer.inputs().get(0);
        String input = values.get(source);
        Units inputUnits = units.get(source);
        float[] mean = calibration.of(source).mean();
        boolean floats = result.name().equals(lastMap);
        Units output = floats ? Units.ofPixels(norm.channels()) : units.get(result.name());
        FoldedConv conv;
        int padding = 0;
        int stride = 1;
        boolean zeroIsPadding = true;
        if (layer instanceof SeparableConv2d separable) {
            Channels between = calibration.of(Calibration.between(layer.name()));
            boolean cutAtZero = separable.intermediate() == IntermediateActivation.RELU;
            Units own = cutAtZero ? Units.withCommonZero(between) : Units.ofRanges(between);
            int channels = separable.inputChannels();
            FoldedConv depthwise = FoldedConv.plain(weights.get(layer.name(), Weights.DEPTHWISE));
            QuantizedConv first = QuantizedConv.of(depthwise, channels, inputUnits, mean, true, own)
                    .shifted(own.zero());
            input = text.conv(
                    input,
                    inputUnits.commonZero(),
                    store(layer.name() + "_depthwise", first, 1, 1, channels),
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
                conv = conv.afterNormalisation(preprocessing);
            }
            padding = plain.padded() ? plain.kernel() / 2 : 0;
            stride = plain.stride();
        }
        QuantizedConv quantized = QuantizedConv.of(
                conv.beforeBatchNorm(weights, norm.name(), norm.epsilon()), 1, inputUnits, mean, zeroIsPadding, output);
        QuantizedText.Conv stored = store(layer.name(), quantized, padding, stride, 1);
        int inputZero = zeroIsPadding ? inputUnits.commonZero() : 0;
        if (accumulator.isPresent()) {
            return text.convInto(accumulator.get(), input, inputZero, stored, output.commonZero());
        }
        return floats
                ? text.convToFloats(input, inputZero, stored, relu)
                : text.conv(input, inputZero, stored, output.commonZero(), relu);
    }

    private QuantizedText.Conv store(String name, QuantizedConv conv, int padding, int stride, int groups) {
        int[] shape = conv.shape();
        return new QuantizedText.Conv(
                archive.add(name + "_kernel", conv.kernel(), shape[0], shape[1], shape[2], shape[3]),
                archive.add(name + "_scales", conv.scales()),
                archive.addZeros(name + "_zeros", shape[0]),
                archive.add(name + "_bias", conv.bias()),
                padding,
                stride,
                groups);
    }
}
