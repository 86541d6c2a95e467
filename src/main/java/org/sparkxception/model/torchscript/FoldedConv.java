package org.sparkxception.model.torchscript;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;

/**
 * The weights of a convolution, with adjacent linear operations folded in.
 *
 * @param kernel output × input × rows × columns
 * @param bias one value per output, if any
 */
record FoldedConv(Tensor kernel, Optional<float[]> bias) {

    static FoldedConv plain(Tensor kernel) {
        return new FoldedConv(kernel, Optional.empty());
    }

    /** Folds in the batch normalization after it: {@code gamma * (x - mean) / sqrt(variance + epsilon) + beta}. */
    FoldedConv beforeBatchNorm(Weights weights, String layer, double epsilon) {
        Tensor gamma = weights.get(layer, Weights.GAMMA);
        Tensor beta = weights.get(layer, Weights.BETA);
        Tensor mean = weights.get(layer, Weights.MEAN);
        Tensor variance = weights.get(layer, Weights.VARIANCE);
        float[] scaled = kernel.toArray();
        float[] shifted = new float[gamma.size()];
        int perOutput = scaled.length / shifted.length;
        for (int output = 0; output < shifted.length; output++) {
            double scale = gamma.at(output) / Math.sqrt(variance.at(output) + epsilon);
            double before = bias.isPresent() ? bias.get()[output] : 0;
            shifted[output] = (float) (beta.at(output) + (before - mean.at(output)) * scale);
            for (int i = output * perOutput; i < (output + 1) * perOutput; i++) {
                scaled[i] = (float) (scaled[i] * scale);
            }
        }
        return new FoldedConv(Tensor.of(scaled, kernel.shape()), Optional.of(shifted));
    }

    /** Returns the convolution for padded maps: the weights of added channels are zero. */
    FoldedConv withZeros(ChannelPadding stored) {
        int[] shape = kernel.shape();
        int[] wide = stored.kernel(shape);
        return Arrays.equals(shape, wide)
                ? this
                : new FoldedConv(
                        Tensor.of(ChannelPadding.widened(kernel.toArray(), shape, wide), wide),
                        bias.map(values -> Arrays.copyOf(values, wide[0])));
    }

    /** Folds in the normalization before it, so that the input is pixels from 0 to 255; only for a convolution without padding. */
    FoldedConv afterNormalization(Preprocessing preprocessing) {
        List<Double> mean = preprocessing.mean();
        List<Double> deviation = preprocessing.deviation();
        int[] shape = kernel.shape();
        float[] scaled = kernel.toArray();
        float[] shifted = new float[shape[0]];
        int perInput = shape[2] * shape[3];
        for (int output = 0, i = 0; output < shape[0]; output++) {
            double shift = bias.isPresent() ? bias.get()[output] : 0;
            for (int input = 0; input < shape[1]; input++) {
                for (int k = 0; k < perInput; k++, i++) {
                    shift -= scaled[i] * mean.get(input) / deviation.get(input);
                    scaled[i] = (float) (scaled[i] / (255 * deviation.get(input)));
                }
            }
            shifted[output] = (float) shift;
        }
        return new FoldedConv(Tensor.of(scaled, shape), Optional.of(shifted));
    }
}
