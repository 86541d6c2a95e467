package org.sparkxception.model;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What values a network's feature maps take on images of the kind that it will score: of every channel of every map the least, the
 * largest and the mean. Quantization to 8 bits is made after these.
 *
 * @param maps by the name of the layer; maps between the two convolutions of a separable one as {@link #between}
 */
public record Calibration(Map<String, Channels> maps) {
    private static final int STATISTICS = 3;

    /** The values of one map's channels. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Channels(float[] least, float[] largest, float[] mean) {
        public Channels {
            if (least.length != largest.length || least.length != mean.length) {
                throw new IllegalArgumentException("each channel has three statistics");
            }
        }

        /** From rows of the least, the largest and the mean values. */
        public static Channels of(float[] rows) {
            int channels = rows.length / STATISTICS;
            float[][] split = new float[STATISTICS][channels];
            for (int row = 0; row < STATISTICS; row++) {
                System.arraycopy(rows, row * channels, split[row], 0, channels);
            }
            return new Channels(split[0], split[1], split[2]);
        }

        /** What both saw; {@code images} and {@code othersImages} weigh the means. */
        public Channels with(Channels other, double share) {
            float[] least2 = least.clone();
            float[] largest2 = largest.clone();
            float[] mean2 = mean.clone();
            for (int i = 0; i < least.length; i++) {
                least2[i] = Math.min(least[i], other.least[i]);
                largest2[i] = Math.max(largest[i], other.largest[i]);
                mean2[i] += (float) (share * (other.mean[i] - mean[i]));
            }
            return new Channels(least2, largest2, mean2);
        }

        private Tensor tensor() {
            float[] rows = new float[STATISTICS * least.length];
            System.arraycopy(least, 0, rows, 0, least.length);
            System.arraycopy(largest, 0, rows, least.length, least.length);
            System.arraycopy(mean, 0, rows, 2 * least.length, least.length);
            return Tensor.of(rows, STATISTICS, least.length);
        }
    }

    public Calibration {
        maps = Map.copyOf(maps);
    }

    /** The name of the map between the depthwise and the pointwise convolution of a layer. */
    public static String between(String separable) {
        return separable + "_depthwise";
    }

    public Channels channels(String map) {
        Channels channels = maps.get(map);
        if (channels == null) {
            throw new IllegalArgumentException("the calibration knows nothing of the map " + map);
        }
        return channels;
    }

    /** What both saw, if this was made of so many images and the other of so many. */
    public Calibration with(Calibration other, int images, int othersImages) {
        double share = (double) othersImages / (images + othersImages);
        Map<String, Channels> both = new TreeMap<>();
        maps.forEach((name, channels) -> both.put(name, channels.with(other.channels(name), share)));
        return new Calibration(both);
    }

    /** In the safetensors format. */
    public byte[] bytes() {
        Map<String, Tensor> tensors = new TreeMap<>();
        maps.forEach((name, channels) -> tensors.put(name, channels.tensor()));
        return Safetensors.write(tensors);
    }

    /**
     * Reads what {@link #bytes} gave.
     *
     * @throws IOException if the bytes are something else
     */
    public static Calibration read(byte[] bytes) throws IOException {
        Map<String, Channels> maps = new TreeMap<>();
        Safetensors.read(bytes).forEach((name, tensor) -> maps.put(name, Channels.of(tensor.toArray())));
        return new Calibration(maps);
    }
}
