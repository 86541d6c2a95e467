package org.sparkxception.model;

import java.util.Locale;

/** Functions that turn logits into scores. */
public enum Activation {
    /** Probabilities that sum to 1: classes are mutually exclusive. */
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
    /** An independent probability per class. */
    SIGMOID {
        @Override
        public void apply(float[] logits) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (1 / (1 + Math.exp(-logits[i])));
            }
        }
    },
    /** The final activation of the network itself; softmax if its file does not specify one. */
    MODEL {
        @Override
        public void apply(float[] logits) {
            throw new IllegalStateException("the activation of the model is not resolved");
        }
    },
    /** No activation: scores are the logits. */
    NONE {
        @Override
        public void apply(float[] logits) {
            // Logits are used as scores.
        }
    };

    /**
     * Resolves {@link #MODEL} for a network: to the activation of its head, to {@link #NONE} if it has no classes or is a TorchScript
     * program that outputs probabilities, and to {@link #SIGMOID} if it has a single logit. Returns other activations unchanged.
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

    /** Replaces logits by scores, in place. */
    public abstract void apply(float[] logits);

    /** Whether this explicitly transforms the outputs. */
    public boolean activates() {
        return this == SOFTMAX || this == SIGMOID;
    }

    /** Returns the name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return label();
    }
}
