package org.sparkxception.model;

import java.util.List;

/**
 * The preprocessing of images between the decoder and the network: a resize to the network's input size, and a normalization of each
 * channel to {@code (value / 255 - mean) / deviation}.
 *
 * @param mean means of red, green and blue, on a scale of 0 to 1
 * @param deviation standard deviations of red, green and blue, on a scale of 0 to 1
 */
public record Preprocessing(Resize resize, List<Double> mean, List<Double> deviation) {
    public Preprocessing {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != Architecture.CHANNELS || deviation.size() != Architecture.CHANNELS) {
            throw new IllegalArgumentException("mean and deviation must have one value for each of the "
                    + Architecture.CHANNELS + " channels but were " + mean + " and " + deviation);
        }
        if (deviation.stream().anyMatch(value -> !(value > 0))) {
            throw new IllegalArgumentException("deviations must be positive but were " + deviation);
        }
    }

    /** Returns the preprocessing of {@code keras.applications.xception} for images of {@code load_img}. */
    public static Preprocessing keras(Interpolation interpolation) {
        return of(Resize.pillow(interpolation));
    }

    /** Returns a preprocessing with the normalization that Keras and timm use for Xception: {@code x / 127.5 - 1}. */
    public static Preprocessing of(Resize resize) {
        return new Preprocessing(resize, List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
    }
}
