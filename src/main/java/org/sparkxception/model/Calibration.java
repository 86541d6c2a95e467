package org.sparkxception.model;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Statistics of a network's feature maps on representative images: the minimum, maximum and mean of every channel of every map.
 * Quantization to 8 bits is based on them.
 *
 * @param maps statistics by layer name; for maps within separable convolutions see {@link #between}
 */
public record Calibration(Map<String, Channels> maps) {
    private static final int STATISTICS = 3;

    /** The statistics of the channels of one map. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Channels(float[] least, float[] largest, float[] mean) {
        public Channels {
            if (least.length != largest.length || least.length != mean.length) {
                throw new IllegalArgumentException("each channel must have three statistics");
            }
        }

        /** Creates the statistics from three rows: the minima, maxima and means. */
        public static Channels of(float[] rows) {
            int channels = rows.length / STATISTICS;
            float[][] split = new float[STATISTICS][channels];
            for (int row = 0; row < STATISTICS; row++) {
                System.arraycopy(rows, row * channels, split[row], 0, channels);
            }
            return new Channels(split[0], split[1], split[2]);
        }

        /**
         * Merges two statistics.
         *
         * @param share the weight of the other means, 0 to 1
         */
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

    /** Returns the name of the map between the depthwise and the pointwise convolution of a layer. */
    public static String between(String separable) {
        return separable + "_depthwise";
    }

    public Channels channels(String map) {
        Channels channels = maps.get(map);
        if (channels == null) {
            throw new IllegalArgumentException("the calibration has no feature map " + map);
        }
        return channels;
    }

    /**
     * Merges two calibrations.
     *
     * @param images the number of images of this calibration
     * @param othersImages the number of images of the other
     */
    public Calibration with(Calibration other, int images, int othersImages) {
        double share = (double) othersImages / (images + othersImages);
        Map<String, Channels> both = new TreeMap<>();
        maps.forEach((name, channels) -> both.put(name, channels.with(other.channels(name), share)));
        return new Calibration(both);
    }

    /** Returns the calibration in safetensors format. */
    public byte[] bytes() {
        Map<String, Tensor> tensors = new TreeMap<>();
        maps.forEach((name, channels) -> tensors.put(name, channels.tensor()));
        return Safetensors.write(tensors);
    }

    /**
     * Reads a calibration from the result of {@link #bytes}.
     *
     * @throws IOException if the bytes are not a calibration
     */
    public static Calibration read(byte[] bytes) throws IOException {
        Map<String, Channels> maps = new TreeMap<>();
        Safetensors.read(bytes).forEach((name, tensor) -> maps.put(name, Channels.of(tensor.toArray())));
        return new Calibration(maps);
    }
}
