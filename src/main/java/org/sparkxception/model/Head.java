package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * The layers after the last feature map: pooling to a vector, and layers that compute logits from it. A head without a dense layer has
 * no classes: its output is an embedding.
 *
 * @param pooling how the feature map is reduced to a vector
 * @param layers in the order of evaluation; the last dense layer, if any, has one unit per class, or one unit for two classes
 * @param output the final activation of the imported network, which turns logits into scores unless a setting names another
 */
public record Head(Pooling pooling, List<HeadLayer> layers, Output output) {
    /** How a feature map is reduced to a vector. */
    public enum Pooling {
        AVERAGE,
        MAX,
        /** All values: by row, then column, then channel, as in Keras. */
        FLATTEN
    }

    /** The final activation, which turns logits into scores. */
    public enum Output {
        /** The network outputs logits. */
        NONE,
        SOFTMAX,
        SIGMOID
    }

    /** A layer on vectors. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "layer")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Dense.class, name = "dense"),
        @JsonSubTypes.Type(value = BatchNorm.class, name = "batch-normalization"),
        @JsonSubTypes.Type(value = Activate.class, name = "activation")
    })
    public sealed interface HeadLayer {}

    /** A dense layer with bias. */
    public record Dense(int units) implements HeadLayer {
        public Dense {
            if (units < 1) {
                throw new IllegalArgumentException("a dense layer must have at least 1 unit but had " + units);
            }
        }
    }

    /** Batch normalization with the moving statistics of training; {@code epsilon} is added to the variance. */
    public record BatchNorm(double epsilon) implements HeadLayer {}

    /**
     * An element-wise activation.
     *
     * @param parameter the slope below zero for {@code LEAKY_RELU}, alpha for {@code ELU}; otherwise 0
     */
    public record Activate(Function function, double parameter) implements HeadLayer {}

    /** The element-wise functions of {@code keras.activations}. */
    public enum Function {
        RELU,
        RELU6,
        LEAKY_RELU,
        ELU,
        SELU,
        GELU,
        SILU,
        TANH,
        SIGMOID,
        SOFTPLUS,
        SOFTSIGN
    }

    public Head {
        layers = List.copyOf(layers);
        if (units(layers) == 0 && output != Output.NONE) {
            throw new IllegalArgumentException(
                    "its head ends in " + output + ", but has no dense layer with a unit per class");
        }
        if (units(layers) == 1 && output == Output.SOFTMAX) {
            throw new IllegalArgumentException(
                    "its head ends in a softmax over one unit, which is always 1: for two classes, use a sigmoid or"
                            + " two units");
        }
    }

    /** Returns the head of the paper: average pooling, one dense layer, and softmax, or sigmoid for one unit. */
    public static Head paper(int units) {
        return new Head(Pooling.AVERAGE, List.of(new Dense(units)), units == 1 ? Output.SIGMOID : Output.SOFTMAX);
    }

    /** Returns a head with average pooling only: {@code include_top=False} in Keras, {@code num_classes=0} in timm. */
    public static Head withoutTop() {
        return new Head(Pooling.AVERAGE, List.of(), Output.NONE);
    }

    /** Returns the number of units of the last dense layer; 0 if there is none. */
    public int units() {
        return units(layers);
    }

    private static int units(List<HeadLayer> layers) {
        return layers.stream()
                .filter(Dense.class::isInstance)
                .mapToInt(layer -> ((Dense) layer).units())
                .reduce((first, second) -> second)
                .orElse(0);
    }
}
