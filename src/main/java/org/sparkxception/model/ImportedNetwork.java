package org.sparkxception.model;

import java.util.Optional;

/**
 * What a weight file holds: a network and its trained tensors.
 *
 * @param scaling how the network itself normalises its input, where it does
 */
public record ImportedNetwork(Architecture architecture, Weights weights, Optional<PixelScaling> scaling) {
    /** A network that takes normalised values. */
    public ImportedNetwork(Architecture architecture, Weights weights) {
        this(architecture, weights, Optional.empty());
    }
}
