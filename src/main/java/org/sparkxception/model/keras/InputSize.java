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

    /** Rows and columns, in pixels. */
    record Size(int height, int width) {}

    /** Rows, and columns, where a file says nothing of them. */
    public int unknown() {
        return asked.orElse(DEFAULT);
    }

    /** @throws IllegalArgumentException if the network takes images of another size than was asked, or not of three channels */
    Size of(KerasLayer input) {
        JsonNode shape = input.config().path("batch_shape").isMissingNode()
                ? input.config().path("batch_input_shape")
                : input.config().path("batch_shape");
        if (shape.size() != 4 || shape.path(3).asInt(3) != 3) {
            throw new IllegalArgumentException(
                    input.described() + " has the shape " + shape + ", where images have (rows, columns, 3)");
        }
        return new Size(one(shape.path(1), input), one(shape.path(2), input));
    }

    private int one(JsonNode given, KerasLayer input) {
        if (!given.isNumber()) {
            return unknown();
        }
        if (asked.isPresent() && asked.get() != given.asInt()) {
            throw new IllegalArgumentException(input.described() + " takes " + given.asInt() + " pixels, not the "
                    + asked.get() + " of --input-size: leave this option out");
        }
        return given.asInt();
    }
}
