package org.sparkxception.model;

import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A network's scaling of pixels before its first convolution: each value from 0 to 255 becomes {@code factor * value + offset}, with
 * one factor and one offset per channel.
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

    /** Returns the composition: this scaling, followed by the other. */
    public PixelScaling then(PixelScaling next) {
        return new PixelScaling(
                channels(c -> factors.get(c) * next.factors.get(c)),
                channels(c -> offsets.get(c) * next.factors.get(c) + next.offsets.get(c)));
    }

    /** The mean per channel in the form {@code (value / 255 - mean) / deviation}. */
    public List<Double> mean() {
        return channels(c -> -offsets.get(c) / (255 * factors.get(c)));
    }

    /** The deviation per channel in the form {@code (value / 255 - mean) / deviation}. */
    public List<Double> deviation() {
        return channels(c -> 1 / (255 * factors.get(c)));
    }

    private static List<Double> channels(IntToDoubleFunction value) {
        return IntStream.range(0, Architecture.CHANNELS)
                .mapToObj(value::applyAsDouble)
                .toList();
    }
}
