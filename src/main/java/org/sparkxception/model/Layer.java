package org.sparkxception.model;

import java.util.List;
import org.sparkxception.model.Architecture.IntermediateActivation;

/** One layer of the network: its name, where its input comes from, and its settings. */
public sealed interface Layer {
    String name();

    /** Names of the layers whose outputs this one takes. */
    List<String> inputs();

    /** The image as it enters: rows × columns × {@link Architecture#CHANNELS}, normalized. */
    record Input(String name) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of();
        }
    }

    /**
     * A two-dimensional convolution without bias.
     *
     * @param kernel side of the square kernel
     * @param padded whether the borders are padded so that the size only shrinks by the stride ("same"), or not ("valid")
     */
    record Conv2d(String name, String input, int inputChannels, int filters, int kernel, int stride, boolean padded)
            implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /**
     * A depthwise 3×3 convolution, padded, and a pointwise 1×1 convolution, both without bias.
     *
     * @param intermediate what stands between them
     */
    record SeparableConv2d(
            String name, String input, int inputChannels, int filters, IntermediateActivation intermediate)
            implements Layer {
        static final int KERNEL = 3;

        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** Batch normalization with the statistics of training: of a feature map's channels, or of a vector's values. */
    record BatchNorm(String name, String input, int channels, double epsilon) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    record Relu(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** The maximum over 3×3 windows, two apart, padded so that the size is halved. */
    record MaxPool(String name, String input, Architecture.PoolPadding padding) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    record Add(String name, String left, String right) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(left, right);
        }
    }

    /** The mean over rows and columns: one value a channel. */
    record GlobalAveragePool(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** The maximum over rows and columns: one value a channel. */
    record GlobalMaxPool(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** All values as a vector: by row, then by column, then by channel. */
    record Flatten(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** A function of each value of a vector. */
    record Activate(String name, String input, Head.Function function, double parameter) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    record Dense(String name, String input, int inputChannels, int units) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }
}
