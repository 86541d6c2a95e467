package org.sparkxception.model;

import java.util.List;

/**
 * Converts the outputs of a network to scores of its classes. A network with a single output has two classes: the output is the logit
 * z of the second class, whose probability is p, and the first has 1 − p.
 */
public final class ClassScores {
    /** The meaning of an image's scores. */
    public enum Kind {
        /** Probabilities that sum to 1: classes are mutually exclusive. */
        EXCLUSIVE,
        /** An independent probability per class. */
        INDEPENDENT,
        /** Probabilities from a TorchScript program, whose final activation is unknown. */
        OF_PROGRAM,
        LOGITS
    }

    private final boolean hasOneOutput;
    private final Activation activation;
    private final Kind kind;

    private ClassScores(Network network, Activation activation) {
        this.hasOneOutput = network.units() == 1;
        this.activation = activation;
        this.kind = kind(network);
    }

    /**
     * Returns the conversion for a network.
     *
     * @param activation the activation resolved for this network: not {@link Activation#MODEL}
     */
    public static ClassScores of(Network network, Activation activation) {
        return new ClassScores(network, activation);
    }

    private Kind kind(Network network) {
        return switch (activation) {
            case SOFTMAX -> Kind.EXCLUSIVE;
            case SIGMOID -> hasOneOutput ? Kind.EXCLUSIVE : Kind.INDEPENDENT;
            case NONE, MODEL -> {
                if (network instanceof TorchScriptNetwork program
                        && program.outputs() == TorchScriptNetwork.Outputs.PROBABILITIES) {
                    yield hasOneOutput ? Kind.EXCLUSIVE : Kind.OF_PROGRAM;
                }
                yield Kind.LOGITS;
            }
        };
    }

    public Kind kind() {
        return kind;
    }

    /**
     * Returns the score of each class, for ranking; it can reuse the array of the outputs. With a single logit z, the scores are −z and z.
     */
    public float[] ofClasses(float[] outputs) {
        if (!hasOneOutput) {
            activation.apply(outputs);
            return outputs;
        }
        float second = outputs[0];
        if (kind == Kind.LOGITS) {
            return new float[] {-second, second};
        } else if (activation == Activation.NONE) {
            return new float[] {1 - second, second};
        }
        float[] scores = {-second, second};
        activation.apply(scores);
        return scores;
    }

    /** Returns the values to write if all scores are requested: the score of each class, or the single logit of two classes. */
    public float[] all(float[] outputs, float[] ofClasses) {
        return isOneLogit() ? outputs : ofClasses;
    }

    /** Returns the labels of the values of {@link #all}. */
    public List<String> labelsOfAll(List<String> labels) {
        return isOneLogit() ? labels.subList(1, 2) : labels;
    }

    private boolean isOneLogit() {
        return hasOneOutput && kind == Kind.LOGITS;
    }
}
