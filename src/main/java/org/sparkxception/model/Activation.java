package org.sparkxception.model;

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
    /** What the network itself makes of its logits, as its file told; softmax where it told nothing. */
    MODEL {
        @Override
        public void apply(float[] logits) {
            throw new IllegalStateException("ask for the settings of a model first");
        }
    },
    /** The logits themselves. */
    NONE {
        @Override
        public void apply(float[] logits) {
            // Logits are scores already.
        }
    };

    /**
     * This; where it is {@link #MODEL}, what the head has: nothing, where it has no classes; or what is left to do for a program. One
     * output alone is the logit of a sigmoid.
     */
    public Activation resolve(Network network) {
        if (this != MODEL) {
            return this;
        }
        boolean scored = network instanceof TorchScriptNetwork program
                && program.outputs() == TorchScriptNetwork.Outputs.PROBABILITIES;
        if (network.units() == 0 || scored) {
            return NONE;
        }
        boolean sigmoid =
                network instanceof Architecture xception && xception.head().output() == Head.Output.SIGMOID;
        return sigmoid || network.units() == 1 ? SIGMOID : SOFTMAX;
    }

    /** Replaces logits by scores. */
    public abstract void apply(float[] logits);

    /** Whether it was chosen to make something else of the outputs. */
    public boolean activates() {
        return this == SOFTMAX || this == SIGMOID;
    }

    /** The name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
