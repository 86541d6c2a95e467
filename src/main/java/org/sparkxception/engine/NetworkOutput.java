package org.sparkxception.engine;

import java.util.Optional;

/**
 * What the network says of an image.
 *
 * @param logits one a class; none of a network without classes
 * @param embedding the pooled vector before the head, where it is asked for, or what a network without classes gives
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NetworkOutput(float[] logits, Optional<float[]> embedding) {
    /** Whether all values are numbers, and none is infinite. */
    public boolean isFinite() {
        return isFinite(logits) && embedding.map(NetworkOutput::isFinite).orElse(true);
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
