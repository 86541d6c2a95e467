package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sparkxception.model.Architecture.PoolPadding;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Layer.Add;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Input;
import org.sparkxception.model.Layer.MaxPool;
import org.sparkxception.model.Layer.Relu;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Weights;
import org.sparkxception.model.Xception;

/** Compiles the layers of a network to a program; subclasses implement the layers for a kind of numbers. */
abstract class NetworkCompiler {
    /** Number of images per slice, such that their large maps stay in the caches. */
    private static final int SLICE = 2;

    final Map<String, FeatureMap> maps;
    final Preprocessing preprocessing;
    final Weights weights;
    final Fusion fusion;
    final Archive archive;
    final ProgramText text;
    final Map<String, Layer> layers;
    final ChannelPadding stored;
    private final List<Layer> network;
    private final Set<String> outputs;
    private final OperatorSet dialect;
    private final HeadCompiler head;
    private final Map<String, String> values = new HashMap<>();

    /**
     * Prepares the compilation of a model.
     *
     * @param channelBlock number of channels that the machine multiplies at once; see {@link ChannelPadding}
     * @param outputs names of layers whose outputs the program returns
     * @param out receives the archive
     */
    NetworkCompiler(
            ModelBundle bundle,
            OperatorSet dialect,
            Precision precision,
            int channelBlock,
            Set<String> outputs,
            OutputStream out)
            throws IOException {
        this.network = Xception.layers(bundle.architecture());
        this.layers = network.stream().collect(Collectors.toMap(Layer::name, layer -> layer));
        this.maps = FeatureMap.ofLayers(bundle.architecture());
        this.preprocessing = bundle.preprocessing();
        this.weights = bundle.weights();
        this.outputs = outputs;
        this.dialect = dialect;
        this.fusion = new Fusion(network, outputs);
        this.archive = new Archive(out);
        this.text = new ProgramText(dialect, precision);
        this.head = new HeadCompiler(weights, maps, archive, text);
        String lastMap = layers.get(Xception.EMBEDDING).inputs().get(0);
        boolean givesMaps = network.stream()
                .map(Layer::name)
                .takeWhile(name -> !name.equals(Xception.EMBEDDING))
                .anyMatch(outputs::contains);
        this.stored = new ChannelPadding(
                givesMaps ? 1 : channelBlock, maps.get(lastMap).channels());
    }

    /** Emits the input of the first convolution. */
    abstract String input();

    /**
     * Emits a convolution with the batch normalization after it, and with other fused layers.
     *
     * @param result the layer whose output this is
     * @param accumulator a value to add to, which can be overwritten
     */
    abstract String convolve(BatchNorm norm, Layer result, Optional<String> accumulator, boolean relu);

    abstract String relu(Relu layer, String input);

    abstract String add(String left, String right);

    /**
     * Emits a pool of 3×3 windows with stride 2.
     *
     * @param map the shape of the input
     */
    abstract String maxPool(String input, FeatureMap map, int paddingRows, int paddingColumns, boolean roundUp);

    /** Emits the conversion of the last feature map to float32, the input of the head. */
    abstract String raised(String lastMap);

    /** Called with the value of each feature map. */
    void emitted(String map, String value) {}

    /** Writes the archive of a program that returns the outputs of these layers. */
    final void writeReturning(List<String> names) {
        emitAll(dialect.slices() ? SlicedPrefix.end(network, maps, fusion, outputs) : Optional.empty());
        archive.finish(text.returning(names.stream().map(values::get).toList()));
    }

    /**
     * Emits all layers.
     *
     * @param front the last layer that is computed slice by slice, if any
     */
    final void emitAll(Optional<String> front) {
        front.ifPresent(end -> text.eachSlice(SLICE));
        boolean inHead = false;
        for (Layer layer : network) {
            String name = layer.name();
            if (name.equals(Xception.EMBEDDING)) {
                inHead = true;
                values.computeIfPresent(layer.inputs().get(0), (map, value) -> raised(value));
            }
            if (inHead) {
                values.put(name, head.emit(layer, values.get(layer.inputs().get(0))));
            } else if (!fusion.isAbsorbed(name)) {
                String value = emit(layer);
                values.put(name, front.filter(name::equals).isPresent() ? text.joined(value) : value);
                emitted(name, values.get(name));
            }
        }
    }

    private String emit(Layer layer) {
        if (layer instanceof Input) {
            return input();
        } else if (layer instanceof BatchNorm norm) {
            return convolve(norm, layer, Optional.empty(), false);
        } else if (layer instanceof Relu relu) {
            return fusion.isAbsorbed(relu.input())
                    ? convolve((BatchNorm) layers.get(relu.input()), layer, Optional.empty(), true)
                    : relu(relu, value(relu.input()));
        } else if (layer instanceof Add add) {
            return sum(add);
        } else if (layer instanceof MaxPool pool) {
            FeatureMap map = maps.get(pool.input());
            return pool.padding() == PoolPadding.SYMMETRIC
                    ? maxPool(value(pool.input()), map, 1, 1, false)
                    : maxPool(value(pool.input()), map, map.height() % 2, map.width() % 2, true);
        }
        throw new IllegalStateException("unknown layer: " + layer);
    }

    private String sum(Add add) {
        if (fusion.isAbsorbed(add.left())) {
            return convolve((BatchNorm) layers.get(add.left()), add, Optional.of(value(add.right())), false);
        } else if (fusion.isAbsorbed(add.right())) {
            return convolve((BatchNorm) layers.get(add.right()), add, Optional.of(value(add.left())), false);
        }
        return add(value(add.left()), value(add.right()));
    }

    /** Returns the name of a layer's output in the program. */
    final String value(String layer) {
        return values.get(layer);
    }
}
