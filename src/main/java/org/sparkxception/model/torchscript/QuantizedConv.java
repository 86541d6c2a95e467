package org.sparkxception.model.torchscript;

import java.util.Arrays;

/**
 * A convolution in 8 bits: integer weights from -127 to 127, a scale per output, and a bias in units of the output. The bias includes a
 * correction for the effect of rounded weights on the mean of an output.
 *
 * @param kernel output × input × rows × columns
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record QuantizedConv(byte[] kernel, int[] shape, float[] scales, float[] bias) {
    private static final int LARGEST = 127;

    /**
     * Quantizes a convolution.
     *
     * @param groups 1, or the number of inputs for a depthwise convolution
     * @param mean the mean value of each input channel
     * @param zeroIsPadding whether the operator subtracts the input's code for zero; otherwise it is part of the bias
     */
    static QuantizedConv of(
            FoldedConv conv,
            int groups,
            QuantizationParams input,
            float[] mean,
            boolean zeroIsPadding,
            QuantizationParams output) {
        int[] shape = conv.kernel().shape();
        float[] weights = conv.kernel().toArray();
        int outputs = shape[0];
        int taps = shape[2] * shape[3];
        int perOutput = shape[1] * taps;
        byte[] kernel = new byte[weights.length];
        float[] scales = new float[outputs];
        float[] bias = new float[outputs];
        for (int out = 0; out < outputs; out++) {
            int first = out * perOutput;
            double largest = 0;
            for (int i = 0; i < perOutput; i++) {
                int channel = groups == 1 ? i / taps : out;
                weights[first + i] *= input.scale()[channel] / output.scale()[out];
                largest = Math.max(largest, Math.abs(weights[first + i]));
            }
            float scale = largest > 0 ? (float) (largest / LARGEST) : 1;
            double shift = conv.bias().isPresent() ? conv.bias().get()[out] / output.scale()[out] : 0;
            for (int i = 0; i < perOutput; i++) {
                int channel = groups == 1 ? i / taps : out;
                int rounded = Math.round(weights[first + i] / scale);
                kernel[first + i] = (byte) rounded;
                double kept = rounded * (double) scale;
                double above = input.code(channel, mean[channel]) - input.zero()[channel];
                shift += (weights[first + i] - kept) * above;
                if (!zeroIsPadding) {
                    shift -= kept * input.zero()[channel];
                }
            }
            scales[out] = scale;
            bias[out] = (float) shift;
        }
        return new QuantizedConv(kernel, shape, scales, bias);
    }

    /** Returns the convolution for padded maps: the weights of added channels are zero. */
    QuantizedConv withZeros(ChannelPadding stored) {
        int[] wide = stored.kernel(shape);
        if (Arrays.equals(shape, wide)) {
            return this;
        }
        float[] wideScales = Arrays.copyOf(scales, wide[0]);
        Arrays.fill(wideScales, scales.length, wide[0], 1);
        return new QuantizedConv(
                ChannelPadding.widened(kernel, shape, wide), wide, wideScales, Arrays.copyOf(bias, wide[0]));
    }

    /** Returns the convolution with a shift added to its bias. */
    QuantizedConv shifted(float[] shift) {
        float[] sum = bias.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += shift[i];
        }
        return new QuantizedConv(kernel, shape, scales, sum);
    }
}
