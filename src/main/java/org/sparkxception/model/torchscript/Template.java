package org.sparkxception.model.torchscript;

import java.util.Map;

/** Program text with placeholders, {@code {name}}, for values known at compile time. */
final class Template {
    /** PyTorch's numbers for data types. */
    private static final Map<String, Object> TYPES = Map.of("uint8", 0, "int64", 4, "float32", 6, "float64", 7);

    private Template() {}

    static String fill(String text, Map<String, Object> values) {
        return replace(replace(text, TYPES), values);
    }

    private static String replace(String text, Map<String, Object> values) {
        String filled = text;
        for (Map.Entry<String, Object> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", String.valueOf(value.getValue()));
        }
        return filled;
    }
}
