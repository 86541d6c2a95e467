package org.sparkxception.model;

import java.util.List;

/**
 * What the outputs of a network say of its classes. One output alone, as of a sigmoid of one unit, tells two classes apart: it is the
 * logit z of the second, whose probability is p, and the first has 1 − p.
 */
public final class ClassScores {
    /** What the scores of an image are. */
    public enum Kind {
        /** Probabilities that sum to 1: an image is of one class. */
        EXCLUSIVE,
        /** A probability for each class by itself. */
        INDEPENDENT,
        /** Probabilities of a program, which does not tell what makes them. */
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
     * What a network's outputs say once they are activated.
     *
     * @param activation of the settings for this network: not {@link Activation#MODEL}
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

    /** The score of each class, by which they are ranked. The logit of the first of two is that of the second with the other sign. */
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

    /** What is written where every score is asked for: those of the classes, but the logit of two classes is a single value. */
    public float[] all(float[] outputs, float[] ofClasses) {
        return isOneLogit() ? outputs : ofClasses;
    }

    /** What {@link #all} is of. */
    public List<String> labelsOfAll(List<String> labels) {
        return isOneLogit() ? labels.subList(1, 2) : labels;
    }

    private boolean isOneLogit() {
        return hasOneOutput && kind == Kind.LOGITS;
    }
}
