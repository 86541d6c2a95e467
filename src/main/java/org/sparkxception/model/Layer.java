package org.sparkxception.model;

import java.util.List;
import org.sparkxception.model.Architecture.IntermediateActivation;

/** A layer of the network: its name, its inputs, and its settings. */
public sealed interface Layer {
    String name();

    /** Names of the layers whose outputs are the inputs of this one. */
    List<String> inputs();

    /** The input image: rows × columns × {@link Architecture#CHANNELS}, normalized. */
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
     * @param intermediate the activation between them
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

    /** Batch normalization with the moving statistics of training, of the channels of a feature map or the values of a vector. */
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

    /** The maximum over 3×3 windows with stride 2, padded so that the size is halved. */
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

    /** The mean over rows and columns: one value per channel. */
    record GlobalAveragePool(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** The maximum over rows and columns: one value per channel. */
    record GlobalMaxPool(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** All values as a vector: by row, then column, then channel. */
    record Flatten(String name, String input) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }
    }

    /** An element-wise activation of a vector. */
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
