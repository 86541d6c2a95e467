package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A network that is a user's own TorchScript program. It takes normalized float32 images (images × 3 × rows × columns) and returns
 * float32 outputs (images × units). It is code, and only to be run if its authors are trusted.
 *
 * @param inputHeight rows of the input image, in pixels
 * @param inputWidth columns of the input image, in pixels
 * @param units number of outputs per image
 * @param outputs the meaning of the outputs
 */
public record TorchScriptNetwork(
        int inputHeight,
        int inputWidth,
        @JsonProperty("classes") int units,
        Outputs outputs) implements Network {
    /** The meaning of a program's outputs. */
    public enum Outputs {
        LOGITS,
        /** Probabilities from a softmax or sigmoid at the end of the program, used as scores. */
        PROBABILITIES;

        /** Returns the name in options. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TorchScriptNetwork {
        Architecture.requireInputSize(inputHeight, inputWidth);
    }
}
