package org.sparkxception.model.torchscript;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.text.StringSubstitutor;

/** Program text with placeholders, {@code {name}}, for values known at compile time. Values can contain placeholders. */
final class Template {
    /** PyTorch's numbers for data types. */
    private static final Map<String, Object> TYPES = Map.of("uint8", 0, "int64", 4, "float32", 6, "float64", 7);

    private Template() {}

    /** @throws IllegalArgumentException if a placeholder has no value */
    static String fill(String text, Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(TYPES);
        all.putAll(values);
        return new StringSubstitutor(all, "{", "}")
                .setEnableUndefinedVariableException(true)
                .replace(text);
    }
}
