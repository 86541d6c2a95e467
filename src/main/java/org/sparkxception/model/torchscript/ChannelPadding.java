package org.sparkxception.model.torchscript;

import java.lang.reflect.Array;
import org.sparkxception.model.FeatureMap;

/**
 * How many channels feature maps are stored with. A matrix unit such as Intel's AMX multiplies blocks of channels, and what is left
 * over costs as much as several blocks: maps whose channels nearly fill the blocks get more of them, which are zero and change nothing.
 *
 * @param block how many channels are multiplied at once; 1 where that does not matter
 * @param exact a number of channels that stays as it is: that of the last map, which the head takes
 */
record ChannelPadding(int block, int exact) {
    /** More than this share is not added: computing with zeros costs too. */
    private static final double LARGEST_SHARE = 0.05;

    int of(int channels) {
        int whole = (channels + block - 1) / block * block;
        return channels == exact || whole - channels > LARGEST_SHARE * channels ? channels : whole;
    }

    FeatureMap of(FeatureMap map) {
        return new FeatureMap(map.height(), map.width(), of(map.channels()));
    }

    /** The shape of a kernel between stored maps: output × input × rows × columns; a depthwise one has one input. */
    int[] kernel(int[] shape) {
        return new int[] {of(shape[0]), shape[1] == 1 ? 1 : of(shape[1]), shape[2], shape[3]};
    }

    /**
     * A kernel with zeros where the larger shape has more.
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
