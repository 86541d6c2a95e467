package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * What follows the last feature map: it becomes a vector, and layers make logits of that. A head without a dense layer has no
 * classes: what it gives is an embedding.
 *
 * @param pooling how the feature map becomes a vector
 * @param layers in the order of evaluation; the last dense one, if there is any, has a unit a class, or one that tells two classes apart
 * @param output what the network that was imported made of its logits, and {@code --activation} does by default
 */
public record Head(Pooling pooling, List<HeadLayer> layers, Output output) {
    /** How a feature map becomes a vector. */
    public enum Pooling {
        AVERAGE,
        MAX,
        /** All values: row by row, within a row by column, within a column by channel, as Keras does it. */
        FLATTEN
    }

    /** An activation that makes scores of logits. */
    public enum Output {
        /** The network gives logits. */
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

    /** Batch normalization with the statistics of training; {@code epsilon} is added to the variance. */
    public record BatchNorm(double epsilon) implements HeadLayer {}

    /**
     * A function of each value.
     *
     * @param parameter the slope below zero of {@code LEAKY_RELU}, alpha of {@code ELU}; else 0
     */
    public record Activate(Function function, double parameter) implements HeadLayer {}

    /** The functions of {@code keras.activations} that are functions of one value. */
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
                    "its head ends in " + output + ", but has no dense layer, whose units would be the classes");
        }
        if (units(layers) == 1 && output == Output.SOFTMAX) {
            throw new IllegalArgumentException(
                    "its head ends in a softmax of one unit, which is 1 for every image: a network"
                            + " that tells two classes apart needs a sigmoid there, or two units");
        }
    }

    /** That of the paper: average pooling, one dense layer, softmax; of one unit, sigmoid. */
    public static Head paper(int units) {
        return new Head(Pooling.AVERAGE, List.of(new Dense(units)), units == 1 ? Output.SIGMOID : Output.SOFTMAX);
    }

    /** None: the pooled map is the embedding. This is what Keras calls {@code include_top=False}, and timm {@code num_classes=0}. */
    public static Head withoutTop() {
        return new Head(Pooling.AVERAGE, List.of(), Output.NONE);
    }

    /** Units of the last dense layer; 0 if there is none. */
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
