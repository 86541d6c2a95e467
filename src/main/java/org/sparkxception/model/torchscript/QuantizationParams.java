package org.sparkxception.model.torchscript;

import java.util.Arrays;
import org.sparkxception.model.Calibration.Channels;

/**
 * The quantization of an 8-bit feature map with codes 0 to 255: a channel's value is {@code scale * (code - zero)}. Each channel has
 * its own scale at no cost: it is folded into the weights of the convolutions before and after the map.
 *
 * <p>Sources: B. Jacob and others, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * CVPR 2018; M. Nagel and others, "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record QuantizationParams(float[] scale, float[] zero) {
    private static final int LEVELS = 255;

    /** Minimum scale relative to the largest scale of the map, so that channels with little variation are not amplified. */
    private static final float SMALLEST = 1e-4f;

    /** Returns the quantization of pixels: scale 1 and zero 0. */
    static QuantizationParams ofPixels(int channels) {
        float[] scale = new float[channels];
        Arrays.fill(scale, 1);
        return new QuantizationParams(scale, new float[channels]);
    }

    /** Uses all codes for the range of each channel: for a map whose only consumer is a convolution without padding. */
    static QuantizationParams ofRanges(Channels channels) {
        float[] scale = new float[channels.mean().length];
        float[] zero = new float[scale.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (channels.largest()[i] - channels.least()[i]) / LEVELS;
        }
        floor(scale);
        for (int i = 0; i < scale.length; i++) {
            zero[i] = -channels.least()[i] / scale[i];
        }
        return new QuantizationParams(scale, zero);
    }

    /** Uses one integer code for zero in all channels, as required by padding and ReLU. */
    static QuantizationParams withCommonZero(Channels channels) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int zero = 0; zero < LEVELS; zero++) {
            double loss = loss(channels, zero);
            if (loss < least) {
                least = loss;
                best = zero;
            }
        }
        float[] scale = new float[channels.mean().length];
        float[] zero = new float[scale.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = scale(channels, i, best);
            zero[i] = best;
        }
        floor(scale);
        return new QuantizationParams(scale, zero);
    }

    /** The loss of resolution with this zero: the sum of the squared ratios of each channel's scale to its minimum scale. */
    private static double loss(Channels channels, int zero) {
        double loss = 0;
        for (int i = 0; i < channels.mean().length; i++) {
            float range = Math.max(channels.largest()[i], 0) - Math.min(channels.least()[i], 0);
            if (range > 0) {
                double ratio = scale(channels, i, zero) * LEVELS / range;
                loss += ratio * ratio;
            }
        }
        return loss;
    }

    private static float scale(Channels channels, int channel, int zero) {
        float below = Math.max(0, -channels.least()[channel]);
        float above = Math.max(0, channels.largest()[channel]);
        float scaleBelow = below == 0 ? 0 : zero == 0 ? Float.MAX_VALUE : below / zero;
        return Math.max(scaleBelow, above / (LEVELS - zero));
    }

    private static void floor(float[] scale) {
        float largest = 0;
        for (float value : scale) {
            largest = Math.max(largest, value);
        }
        float smallest = largest > 0 ? largest * SMALLEST : 1;
        for (int i = 0; i < scale.length; i++) {
            scale[i] = Math.max(scale[i], smallest);
        }
    }

    int channels() {
        return scale.length;
    }

    /** The code for zero, if it is common to all channels. */
    int commonZero() {
        return Math.round(zero[0]);
    }

    /** Returns the code of a value, without rounding. */
    float code(int channel, float value) {
        return value / scale[channel] + zero[channel];
    }
}
