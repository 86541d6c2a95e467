package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The kinds of network that a bundle can hold, and what is asked of each. */
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

    /** How many values the network gives of an image: one a class, or one alone; none if it gives embeddings alone. */
    int units();

    /** How many classes it tells apart. One value alone tells two: it is the logit, or the probability, of the second. */
    default int classes() {
        return units() == 1 ? 2 : units();
    }
}
