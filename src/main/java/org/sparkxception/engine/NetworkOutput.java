package org.sparkxception.engine;

import java.util.Optional;

/**
 * The output of the network for one image.
 *
 * @param logits one value per output unit; empty for a network without classes
 * @param embedding the pooled vector before the head, if requested; always present for a network without classes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NetworkOutput(float[] logits, Optional<float[]> embedding) {
    /** Whether no value is NaN or infinite. */
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
