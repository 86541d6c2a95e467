package org.sparkxception.model;

import java.util.List;
import java.util.Locale;

/**
 * The settings of an Xception network: depth, widths, input and classes, and which of the paper's variants it is.
 *
 * <p>Source: F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017, figures 5 (the network),
 * 9 (without residual connections) and 10 (an activation between the depthwise and the pointwise convolution).
 *
 * @param inputHeight rows of the input image, in pixels
 * @param inputWidth columns of the input image, in pixels
 * @param stemWidths filters of the first two convolutions of the entry flow; 32 and 64 in the paper
 * @param entryWidths filters of the blocks of the entry flow; 128, 256 and 728 in the paper
 * @param middleBlocks blocks of three separable convolutions in the middle flow; 8 in the paper
 * @param exitWidth filters of the block of the exit flow; 1024 in the paper
 * @param exitConvWidths filters of the last two separable convolutions; 1536 and 2048 in the paper
 * @param head the layers after the last feature map
 * @param batchNormEpsilon constant that batch normalization adds to the variance; 1e-3 in Keras, 1e-5 in timm
 * @param poolPadding padding of the pools that halve the map; the results differ if its sides are even
 * @param residualConnections whether each block adds its input to its output, through a strided 1×1 convolution if it halves
 *     the map; true in the paper
 * @param intermediateActivation activation within each separable convolution; none in the paper
 */
public record Architecture(
        int inputHeight,
        int inputWidth,
        List<Integer> stemWidths,
        List<Integer> entryWidths,
        int middleBlocks,
        int exitWidth,
        List<Integer> exitConvWidths,
        Head head,
        double batchNormEpsilon,
        PoolPadding poolPadding,
        boolean residualConnections,
        IntermediateActivation intermediateActivation)
        implements Network {

    /** The position of the padding of a pool over an even number of rows or columns; it shifts the windows by one. */
    public enum PoolPadding {
        /** At the end, as in TensorFlow's "same". */
        END,
        /** On both sides, as in PyTorch's {@code padding=1}: the windows start one earlier. */
        SYMMETRIC
    }

    /** The activation between the depthwise and the pointwise part of a separable convolution. */
    public enum IntermediateActivation {
        NONE,
        RELU,
        /** {@code x} above 0, {@code exp(x) - 1} below. */
        ELU;

        /** Returns the name in options and messages. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return label();
        }
    }

    /** Color channels of the input: red, green, blue. */
    public static final int CHANNELS = 3;

    /** The minimum input side for which every layer has an output. */
    static final int MIN_INPUT_SIZE = 7;

    static final int MAX_INPUT_SIZE = 4096;

    public Architecture {
        stemWidths = List.copyOf(stemWidths);
        entryWidths = List.copyOf(entryWidths);
        exitConvWidths = List.copyOf(exitConvWidths);
        requireInputSize(inputHeight, inputWidth);
        require(stemWidths.size() == 2, "the stem must have two widths", stemWidths);
        require(!entryWidths.isEmpty(), "the entry flow must have at least one block", entryWidths);
        require(middleBlocks >= 0, "middle blocks must not be negative", middleBlocks);
        require(exitConvWidths.size() == 2, "the exit flow must have two separable widths", exitConvWidths);
        require(batchNormEpsilon > 0, "the epsilon of batch normalization must be positive", batchNormEpsilon);
    }

    /** Returns the network of the paper, as built by Keras. */
    public static Architecture paper(int classes) {
        return new Architecture(
                299,
                299,
                List.of(32, 64),
                List.of(128, 256, 728),
                8,
                1024,
                List.of(1536, 2048),
                Head.paper(classes),
                1e-3,
                PoolPadding.END,
                true,
                IntermediateActivation.NONE);
    }

    /** Returns the same network with another activation between the depthwise and the pointwise convolutions. */
    public Architecture with(IntermediateActivation activation) {
        return new Architecture(
                inputHeight,
                inputWidth,
                stemWidths,
                entryWidths,
                middleBlocks,
                exitWidth,
                exitConvWidths,
                head,
                batchNormEpsilon,
                poolPadding,
                residualConnections,
                activation);
    }

    @Override
    public int units() {
        return head.units();
    }

    static void requireInputSize(int height, int width) {
        require(
                height >= MIN_INPUT_SIZE && height <= MAX_INPUT_SIZE,
                "input height must be from " + MIN_INPUT_SIZE + " to " + MAX_INPUT_SIZE,
                height);
        require(
                width >= MIN_INPUT_SIZE && width <= MAX_INPUT_SIZE,
                "input width must be from " + MIN_INPUT_SIZE + " to " + MAX_INPUT_SIZE,
                width);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + " but was " + value);
        }
    }
}
