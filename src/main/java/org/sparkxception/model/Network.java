package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A network in a bundle. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Architecture.class, name = "xception"),
    @JsonSubTypes.Type(value = TorchScriptNetwork.class, name = "torchscript")
})
public sealed interface Network permits Architecture, TorchScriptNetwork {
    /** Rows of the input image, in pixels. */
    int inputHeight();

    /** Columns of the input image, in pixels. */
    int inputWidth();

    /** Number of outputs per image: one per class, or 1 for two classes; 0 if the network outputs only embeddings. */
    int units();

    /** Number of classes. A single output means two classes: it is the logit or the probability of the second. */
    default int classes() {
        return units() == 1 ? 2 : units();
    }
}
