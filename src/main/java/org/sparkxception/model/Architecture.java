package org.sparkxception.model;

import java.util.List;

/**
 * The settings of an Xception network: depth, widths, input and classes.
 *
 * <p>Source: F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017, figure 5.
 *
 * @param inputHeight rows of the input image, in pixels
 * @param inputWidth columns of the input image, in pixels
 * @param stemWidths filters of the two convolutions that begin the entry flow; 32 and 64 in the paper
 * @param entryWidths filters of the residual blocks of the entry flow; 128, 256 and 728 in the paper
 * @param middleBlocks blocks of three separable convolutions in the middle flow; 8 in the paper
 * @param exitWidth filters of the residual block of the exit flow; 1024 in the paper
 * @param exitConvWidths filters of the last two separable convolutions; 1536 and 2048 in the paper
 * @param head what follows the last feature map
 * @param batchNormEpsilon what batch normalisation adds to the variance; 1e-3 in Keras, 1e-5 in timm
 * @param poolPadding of the pools that halve the map; they differ where its sides are even
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
        PoolPadding poolPadding)
        implements Network {

    /** Where a pool over an even number of rows or columns has its cell of padding: this moves its windows by one. */
    public enum PoolPadding {
        /** At the end, as TensorFlow's "same". */
        END,
        /** At both sides, as PyTorch's {@code padding=1}: the windows begin one earlier. */
        SYMMETRIC
    }

    /** Colour channels of the input: red, green, blue. */
    public static final int CHANNELS = 3;

    /** The smallest input side for which every layer has an output. */
    static final int MIN_INPUT_SIZE = 7;

    static final int MAX_INPUT_SIZE = 4096;

    public Architecture {
        stemWidths = List.copyOf(stemWidths);
        entryWidths = List.copyOf(entryWidths);
        exitConvWidths = List.copyOf(exitConvWidths);
        requireInputSize(inputHeight, inputWidth);
        require(stemWidths.size() == 2, "the stem has two widths", stemWidths);
        require(!entryWidths.isEmpty(), "the entry flow has at least one block", entryWidths);
        require(middleBlocks >= 0, "middle blocks must not be negative", middleBlocks);
        require(exitConvWidths.size() == 2, "the exit flow has two separable widths", exitConvWidths);
        require(batchNormEpsilon > 0, "the epsilon of batch normalisation must be positive", batchNormEpsilon);
    }

    /** The network of the paper, as Keras builds it. */
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
                PoolPadding.END);
    }

    /** How many logits the network gives; none if it gives embeddings alone. */
    @Override
    public int classes() {
        return head.classes();
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
