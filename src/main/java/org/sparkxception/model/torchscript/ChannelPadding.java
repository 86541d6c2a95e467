package org.sparkxception.model.torchscript;

import java.lang.reflect.Array;
import org.sparkxception.model.FeatureMap;

/**
 * Padding of feature maps with zero channels. A matrix unit such as Intel's AMX multiplies blocks of channels, and an incomplete block
 * costs as much as several complete ones: maps whose channels nearly fill the blocks are padded, which does not change the result.
 *
 * @param block number of channels that are multiplied at once; 1 disables padding
 * @param exact a number of channels that is never padded: that of the last map, the input of the head
 */
record ChannelPadding(int block, int exact) {
    /** Maximum share of added channels, because computing with zeros also costs time. */
    private static final double LARGEST_SHARE = 0.05;

    int of(int channels) {
        int whole = (channels + block - 1) / block * block;
        return channels == exact || whole - channels > LARGEST_SHARE * channels ? channels : whole;
    }

    FeatureMap of(FeatureMap map) {
        return new FeatureMap(map.height(), map.width(), of(map.channels()));
    }

    /** Returns the padded shape of a kernel: output × input × rows × columns; a depthwise kernel has one input. */
    int[] kernel(int[] shape) {
        return new int[] {of(shape[0]), shape[1] == 1 ? 1 : of(shape[1]), shape[2], shape[3]};
    }

    /**
     * Returns a kernel padded with zeros to a larger shape.
     *
     * @param kernel an array of numbers
     */
    @SuppressWarnings("unchecked") // the result is of the type of the argument
    static <T> T widened(T kernel, int[] shape, int[] wide) {
        int taps = shape[2] * shape[3];
        T result = (T) Array.newInstance(kernel.getClass().getComponentType(), wide[0] * wide[1] * taps);
        for (int output = 0; output < shape[0]; output++) {
            System.arraycopy(kernel, output * shape[1] * taps, result, output * wide[1] * taps, shape[1] * taps);
        }
        return result;
    }
}
