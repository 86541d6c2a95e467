package org.sparkxception.model;

import java.util.Optional;
import org.sparkxception.model.Architecture.IntermediateActivation;

/**
 * What a weight file holds: a network and its trained tensors.
 *
 * @param scaling how the network itself normalizes its input, where it does
 * @param whole whether the file has the network's configuration; else only its tensors, and the rest is the paper's
 * @param sizeTold whether the file has the size of the input
 */
public record ImportedNetwork(
        Architecture architecture, Weights weights, Optional<PixelScaling> scaling, boolean whole, boolean sizeTold) {
    /** A network of tensors alone, that takes normalized values. */
    public ImportedNetwork(Architecture architecture, Weights weights) {
        this(architecture, weights, Optional.empty(), false, false);
    }

    /**
     * The network with what is known to stand between its depthwise and pointwise convolutions, which tensors do not tell.
     *
     * @throws IllegalArgumentException if its file tells otherwise
     */
    public ImportedNetwork with(IntermediateActivation activation) {
        IntermediateActivation found = architecture.intermediateActivation();
        if (whole && found != activation) {
            throw new IllegalArgumentException("its configuration has " + found.label()
                    + " between depthwise and pointwise convolutions, not the " + activation.label()
                    + " of --intermediate-activation: leave this option out");
        }
        return new ImportedNetwork(architecture.with(activation), weights, scaling, whole, sizeTold);
    }
}
