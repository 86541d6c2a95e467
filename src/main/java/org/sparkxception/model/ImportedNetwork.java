package org.sparkxception.model;

import java.util.Optional;
import org.sparkxception.model.Architecture.IntermediateActivation;

/**
 * The content of a weight file: a network and its trained tensors.
 *
 * @param scaling the network's own normalization of its input, if any
 * @param whole whether the file has the network's configuration; otherwise it has only tensors, and the rest is as in the paper
 * @param sizeTold whether the file specifies the input size
 */
public record ImportedNetwork(
        Architecture architecture, Weights weights, Optional<PixelScaling> scaling, boolean whole, boolean sizeTold) {
    /** Creates a network from a file with tensors only; it takes normalized values. */
    public ImportedNetwork(Architecture architecture, Weights weights) {
        this(architecture, weights, Optional.empty(), false, false);
    }

    /**
     * Returns the network with the activation between its depthwise and pointwise convolutions, which tensors do not specify.
     *
     * @throws IllegalArgumentException if the configuration in its file specifies another activation
     */
    public ImportedNetwork with(IntermediateActivation activation) {
        IntermediateActivation found = architecture.intermediateActivation();
        if (whole && found != activation) {
            throw new IllegalArgumentException("its configuration has " + found.label()
                    + " between depthwise and pointwise convolutions, but `intermediate-activation` is "
                    + activation.label() + ": omit it");
        }
        return new ImportedNetwork(architecture.with(activation), weights, scaling, whole, sizeTold);
    }
}
