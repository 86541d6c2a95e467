package org.sparkxception.model;

import java.util.ArrayList;
import java.util.List;
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

/**
 * The Xception network as data: its layers in the order of evaluation.
 *
 * <p>Layer names are those of {@code keras.applications.Xception}; layers without a name in Keras are named after their block
 * ({@code block2_residual}, {@code block2_residual_bn}, {@code block2_add}).
 *
 * <p>Source: F. Chollet, "Xception", CVPR 2017, figure 5; strides, padding and names from {@code keras.applications}.
 */
public final class Xception {
    /** The layer whose output is the embedding: the last feature map as a vector. */
    public static final String EMBEDDING = "avg_pool";

    /** The last layer of a head; its output is the logits. */
    public static final String HEAD = "predictions";

    private static final int CONVS_PER_MIDDLE_BLOCK = 3;

    private final List<Layer> layers = new ArrayList<>();
    private final Architecture architecture;

    private Xception(Architecture architecture) {
        this.architecture = architecture;
    }

    /** Returns the name of a layer of the head, by its index and the number of layers. */
    public static String headLayer(int index, int count) {
        return index == count - 1 ? HEAD : "head" + (index + 1);
    }

    /** Returns the layer whose output is the network's: logits, or the embedding if it has no classes. */
    public static String output(Architecture architecture) {
        List<Layer> layers = layers(architecture);
        return layers.get(layers.size() - 1).name();
    }

    public static List<Layer> layers(Architecture architecture) {
        Xception network = new Xception(architecture);
        network.build(architecture);
        return List.copyOf(network.layers);
    }

    private void build(Architecture a) {
        double epsilon = a.batchNormEpsilon();
        int channels = a.stemWidths().get(0);
        add(new Input("input"));
        add(new Conv2d("block1_conv1", last(), Architecture.CHANNELS, channels, 3, 2, false));
        add(new BatchNorm("block1_conv1_bn", last(), channels, epsilon));
        add(new Relu("block1_conv1_act", last()));
        add(new Conv2d("block1_conv2", last(), channels, a.stemWidths().get(1), 3, 1, false));
        channels = a.stemWidths().get(1);
        add(new BatchNorm("block1_conv2_bn", last(), channels, epsilon));
        add(new Relu("block1_conv2_act", last()));

        int block = 1;
        for (int width : a.entryWidths()) {
            block++;
            downsample("block" + block, channels, width, width, epsilon, block > 2);
            channels = width;
        }
        for (int middle = 0; middle < a.middleBlocks(); middle++) {
            block++;
            String entrance = last();
            for (int conv = 1; conv <= CONVS_PER_MIDDLE_BLOCK; conv++) {
                add(new Relu("block" + block + "_sepconv" + conv + "_act", last()));
                separable("block" + block + "_sepconv" + conv, channels, channels, epsilon);
            }
            if (a.residualConnections()) {
                add(new Add("block" + block + "_add", last(), entrance));
            }
        }
        block++;
        downsample("block" + block, channels, channels, a.exitWidth(), epsilon, true);
        channels = a.exitWidth();
        block++;
        for (int conv = 1; conv <= 2; conv++) {
            int width = a.exitConvWidths().get(conv - 1);
            separable("block" + block + "_sepconv" + conv, channels, width, epsilon);
            add(new Relu("block" + block + "_sepconv" + conv + "_act", last()));
            channels = width;
        }
        head(a, channels);
    }

    private void head(Architecture a, int channels) {
        String map = last();
        add(
                switch (a.head().pooling()) {
                    case AVERAGE -> new GlobalAveragePool(EMBEDDING, map);
                    case MAX -> new GlobalMaxPool(EMBEDDING, map);
                    case FLATTEN -> new Flatten(EMBEDDING, map);
                });
        int values = a.head().pooling() == Head.Pooling.FLATTEN
                ? FeatureMap.ofLast(layers, a).channels()
                : channels;
        List<Head.HeadLayer> headLayers = a.head().layers();
        for (int index = 0; index < headLayers.size(); index++) {
            Head.HeadLayer layer = headLayers.get(index);
            String name = headLayer(index, headLayers.size());
            if (layer instanceof Head.Dense dense) {
                add(new Dense(name, last(), values, dense.units()));
                values = dense.units();
            } else if (layer instanceof Head.BatchNorm norm) {
                add(new BatchNorm(name, last(), values, norm.epsilon()));
            } else if (layer instanceof Head.Activate activate) {
                add(new Activate(name, last(), activate.function(), activate.parameter()));
            }
        }
    }

    /** Adds two separable convolutions and a pool, with a strided 1×1 convolution in parallel if there are residual connections. */
    private void downsample(String block, int from, int between, int to, double epsilon, boolean leadingRelu) {
        String entrance = last();
        if (architecture.residualConnections()) {
            add(new Conv2d(block + "_residual", entrance, from, to, 1, 2, true));
            add(new BatchNorm(block + "_residual_bn", last(), to, epsilon));
        }
        String residual = last();
        if (leadingRelu) {
            add(new Relu(block + "_sepconv1_act", entrance));
            separable(block + "_sepconv1", from, between, epsilon);
        } else {
            separable(block + "_sepconv1", entrance, from, between, epsilon);
        }
        add(new Relu(block + "_sepconv2_act", last()));
        separable(block + "_sepconv2", between, to, epsilon);
        add(new MaxPool(block + "_pool", last(), architecture.poolPadding()));
        if (architecture.residualConnections()) {
            add(new Add(block + "_add", last(), residual));
        }
    }

    private void separable(String name, int from, int to, double epsilon) {
        separable(name, last(), from, to, epsilon);
    }

    private void separable(String name, String input, int from, int to, double epsilon) {
        add(new SeparableConv2d(name, input, from, to, architecture.intermediateActivation()));
        add(new BatchNorm(name + "_bn", last(), to, epsilon));
    }

    private void add(Layer layer) {
        layers.add(layer);
    }

    private String last() {
        return layers.get(layers.size() - 1).name();
    }
}
