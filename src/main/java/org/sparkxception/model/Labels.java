package org.sparkxception.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** The names of the classes, in the order of the network's outputs. */
public final class Labels {
    private Labels() {}

    /**
     * Reads a text with one label a line (a last empty line is none), or Keras' {@code imagenet_class_index.json}:
     * {@code {"0": ["n01440764", "tench"], …}}.
     *
     * @throws IllegalArgumentException if the text is neither; it says what is wrong
     */
    public static List<String> parse(String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return content.stripLeading().startsWith("{") ? parseClassIndex(content) : parseLines(content);
    }

    private static List<String> parseLines(String text) {
        List<String> labels = text.stripTrailing().lines().map(String::strip).toList();
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i).isEmpty()) {
                throw new IllegalArgumentException("line " + (i + 1) + " is empty: a label must stand on every line");
            }
        }
        return labels;
    }

    private static List<String> parseClassIndex(String json) {
        JsonNode index;
        try {
            index = new JsonMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it begins like JSON, but is not: " + e.getOriginalMessage(), e);
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < index.size(); i++) {
            JsonNode name = index.path(String.valueOf(i)).path(1);
            if (!name.isTextual()) {
                throw new IllegalArgumentException(
                        "it has no entry \"" + i + "\": [id, name], as imagenet_class_index.json has");
            }
            labels.add(name.asText());
        }
        return labels;
    }
}
