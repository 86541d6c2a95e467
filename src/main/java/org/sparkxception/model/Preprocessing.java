package org.sparkxception.model;

import java.util.List;

/**
 * What happens to an image between the decoder and the network: it is resized to the network's input, and each channel becomes
 * {@code (value / 255 - mean) / deviation}.
 *
 * @param mean of red, green and blue, on the scale 0 to 1
 * @param deviation of red, green and blue, on the scale 0 to 1
 */
public record Preprocessing(Resize resize, List<Double> mean, List<Double> deviation) {
    public Preprocessing {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != Architecture.CHANNELS || deviation.size() != Architecture.CHANNELS) {
            throw new IllegalArgumentException("mean and deviation need a value for each of the "
                    + Architecture.CHANNELS + " channels but were " + mean + " and " + deviation);
        }
        if (deviation.stream().anyMatch(value -> !(value > 0))) {
            throw new IllegalArgumentException("deviations must be positive but were " + deviation);
        }
    }

    /** That of {@code keras.applications.xception} with images of {@code load_img}. */
    public static Preprocessing keras(Interpolation interpolation) {
        return of(Resize.pillow(interpolation));
    }

    /** With the normalization that Keras and timm share for Xception: {@code x / 127.5 - 1}. */
    public static Preprocessing of(Resize resize) {
        return new Preprocessing(resize, List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
    }
}
