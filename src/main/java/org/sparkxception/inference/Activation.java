package org.sparkxception.inference;

import java.util.Locale;

/** What turns logits into scores. */
public enum Activation {
    /** Probabilities that sum to 1: an image is of one class. */
    SOFTMAX {
        @Override
        public void apply(float[] logits) {
            float max = Float.NEGATIVE_INFINITY;
            for (float logit : logits) {
                max = Math.max(max, logit);
            }
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit - max);
            }
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (Math.exp(logits[i] - max) / sum);
            }
        }
    },
    /** A probability for each class by itself. */
    SIGMOID {
        @Override
        public void apply(float[] logits) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (1 / (1 + Math.exp(-logits[i])));
            }
        }
    },
    /** The logits themselves. */
    NONE {
        @Override
        public void apply(float[] logits) {
            // Logits are scores already.
        }
    };

    /** Replaces logits by scores. */
    public abstract void apply(float[] logits);

    /** The name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
