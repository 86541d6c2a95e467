package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * How large the images are that a network takes.
 *
 * @param asked rows and columns that the user gave
 */
public record InputSize(Optional<Integer> asked) {
    private static final int DEFAULT = 299;

    /**
     * Rows and columns, in pixels.
     *
     * @param isTold whether the file says both
     */
    record Size(int height, int width, boolean isTold) {}

    /** Rows, and columns, where a file says nothing of them. */
    public int unknown() {
        return asked.orElse(DEFAULT);
    }

    /** @throws IllegalArgumentException if the network takes images of another size than was asked, or not of three channels */
    Size of(KerasLayer input) {
        JsonNode shape = input.config().path("batch_shape").isMissingNode()
                ? input.config().path("batch_input_shape")
                : input.config().path("batch_shape");
        JsonNode channels = shape.path(3);
        if (shape.size() != 4 || !(channels.isNull() || (channels.isNumber() && channels.asDouble() == 3))) {
            throw new IllegalArgumentException(
                    input.describe() + " has the shape " + shape + ", where images have (rows, columns, 3)");
        }
        boolean told = !shape.path(1).isNull() && !shape.path(2).isNull();
        return new Size(one(shape.path(1), input), one(shape.path(2), input), told);
    }

    private int one(JsonNode given, KerasLayer input) {
        if (given.isNull()) {
            return unknown();
        }
        if (!given.isIntegralNumber() || !given.canConvertToInt()) {
            throw new IllegalArgumentException(
                    input.describe() + " takes " + given + " pixels, which is not understood");
        }
        if (asked.isPresent() && asked.get() != given.asInt()) {
            throw new IllegalArgumentException(input.describe() + " takes " + given.asInt() + " pixels, not the "
                    + asked.get() + " of --input-size: leave this option out");
        }
        return given.asInt();
    }
}
