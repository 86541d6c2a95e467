package org.sparkxception.model;

import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * What a network does to pixels before its first convolution: each channel's values 0 to 255 become {@code factor * value +
 * offset}.
 */
public record PixelScaling(List<Double> factors, List<Double> offsets) {
    public PixelScaling {
        factors = List.copyOf(factors);
        offsets = List.copyOf(offsets);
    }

    public static PixelScaling none() {
        return new PixelScaling(
                Collections.nCopies(Architecture.CHANNELS, 1.0), Collections.nCopies(Architecture.CHANNELS, 0.0));
    }

    /** This, and then {@code factor * value + offset} for each channel. */
    public PixelScaling then(List<Double> factor, List<Double> offset) {
        return new PixelScaling(
                channels(c -> factors.get((int) c) * factor.get((int) c)),
                channels(c -> offsets.get((int) c) * factor.get((int) c) + offset.get((int) c)));
    }

    /** Of {@code (value / 255 - mean) / deviation}. */
    public List<Double> mean() {
        return channels(c -> -offsets.get((int) c) / (255 * factors.get((int) c)));
    }

    /** Of {@code (value / 255 - mean) / deviation}. */
    public List<Double> deviation() {
        return channels(c -> 1 / (255 * factors.get((int) c)));
    }

    private static List<Double> channels(DoubleUnaryOperator value) {
        return IntStream.range(0, Architecture.CHANNELS)
                .mapToObj(c -> value.applyAsDouble(c))
                .toList();
    }
}
