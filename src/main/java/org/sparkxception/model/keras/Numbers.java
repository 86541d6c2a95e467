package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Numbers in configurations: plain, in lists, or as the arrays and tensors of Keras before 2.0.6 and of Keras 3. */
final class Numbers {
    private Numbers() {}

    /** Returns the numbers of a value along its last axis; empty if other axes are longer than 1, or the value is not numeric. */
    static Optional<List<Double>> of(JsonNode value) {
        if (value.isNumber()) {
            return Optional.of(List.of(value.asDouble()));
        } else if (value.isArray()) {
            return value.size() == 1 ? of(value.get(0)) : ofAxis(value);
        } else if (value.path("type").asText().equals("ndarray")) {
            return of(value.path("value"));
        }
        return switch (value.path("class_name").asText()) {
            case "__numpy__", "__tensor__" -> of(value.path("config").path("value"));
            default -> Optional.empty();
        };
    }

    private static Optional<List<Double>> ofAxis(JsonNode axis) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode number : axis) {
            if (!number.isNumber()) {
                return Optional.empty();
            }
            numbers.add(number.asDouble());
        }
        return Optional.of(numbers);
    }
}
