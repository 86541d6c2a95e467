package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A network that is a TorchScript program of the user's own. It takes normalized float32 images (images × 3 × rows × columns) and
 * returns float32 outputs (images × units). It is code: who runs it trusts it.
 *
 * @param inputHeight rows of the input image, in pixels
 * @param inputWidth columns of the input image, in pixels
 * @param units how many outputs it gives of an image
 * @param outputs what these are
 */
public record TorchScriptNetwork(
        int inputHeight,
        int inputWidth,
        @JsonProperty("classes") int units,
        Outputs outputs) implements Network {
    /** What a program gives. */
    public enum Outputs {
        LOGITS,
        /** Scores already, of a softmax or a sigmoid at the program's end. */
        PROBABILITIES
    }

    public TorchScriptNetwork {
        Architecture.requireInputSize(inputHeight, inputWidth);
    }
}
