package org.sparkxception.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Reads the labels of a network's classes from lines of text ({@code label}, or {@code label TAB id}) or JSON: a list of labels;
 * {@code {"0": "tench", …}}, or a Hugging Face {@code config.json} with this as its {@code id2label}; {@code {"tench": 0, …}}; Keras'
 * {@code imagenet_class_index.json}, {@code {"0": ["n01440764", "tench"], …}}. In UTF-8, or UTF-16 with a byte order mark.
 */
public final class LabelsFile {
    private static final int MAX_BYTES = 16 << 20;
    private static final Pattern JSON_START = Pattern.compile("\\s*(\\[\\s*[\\[\\]{\"]|\\{\\s*[}\"])");
    private static final Pattern BREAK = Pattern.compile("[\\t\\r\\n]");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LabelsFile() {}

    /**
     * Reads a file.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file has none of these formats; the message contains the reason
     */
    public static Labels read(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] content = stream.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "it is larger than " + (MAX_BYTES >> 20) + " MiB: a labels file has one label per line");
            }
            return parse(text(content));
        }
    }

    private static String text(byte[] content) {
        Charset charset = StandardCharsets.UTF_8;
        if (content.length >= 2 && content[0] == (byte) 0xff && content[1] == (byte) 0xfe) {
            charset = StandardCharsets.UTF_16LE;
        } else if (content.length >= 2 && content[0] == (byte) 0xfe && content[1] == (byte) 0xff) {
            charset = StandardCharsets.UTF_16BE;
        }
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            if (text.indexOf('\0') < 0) {
                return text.startsWith("\uFEFF") ? text.substring(1) : text;
            }
        } catch (CharacterCodingException e) {
            throw notText(e);
        }
        throw notText(null);
    }

    private static IllegalArgumentException notText(CharacterCodingException cause) {
        return new IllegalArgumentException(
                "it is neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8", cause);
    }

    private static Labels parse(String text) {
        return JSON_START.matcher(text).lookingAt() ? ofJson(text) : Labels.parse(text);
    }

    private static Labels ofJson(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it starts like JSON, but is not valid: " + e.getOriginalMessage(), e);
        }
        if (json.isArray()) {
            return ofEntries(IntStream.range(0, json.size()).mapToObj(json::get).toList());
        }
        JsonNode mapping = json.path("id2label").isObject() ? json.path("id2label") : json;
        return isAll(mapping, JsonNode::isIntegralNumber) ? ofIndices(mapping) : ofIndexed(mapping);
    }

    private static boolean isAll(JsonNode entries, Predicate<JsonNode> condition) {
        boolean all = true;
        for (JsonNode entry : entries) {
            all &= condition.test(entry);
        }
        return all;
    }

    /** {@code {"0": …, "1": …}}. */
    private static Labels ofIndexed(JsonNode mapping) {
        List<JsonNode> entries = new ArrayList<>();
        for (int i = 0; i < mapping.size(); i++) {
            JsonNode entry = mapping.path(String.valueOf(i));
            if (entry.isMissingNode()) {
                throw new IllegalArgumentException(
                        "it has no entry \"" + i + "\" with a label or [id, label]: use a list of labels, id2label, or"
                                + " imagenet_class_index.json");
            }
            entries.add(entry);
        }
        return ofEntries(entries);
    }

    /** {@code {"tench": 0, …}}. */
    private static Labels ofIndices(JsonNode mapping) {
        Map<Integer, String> byIndex = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
            String before = byIndex.put(entry.getValue().asInt(), entry.getKey());
            if (before != null) {
                throw new IllegalArgumentException(
                        "it has two labels for class " + entry.getValue() + ": " + before + " and " + entry.getKey());
            }
        }
        for (int i = 0; i < byIndex.size(); i++) {
            if (!byIndex.containsKey(i)) {
                throw new IllegalArgumentException("it has no label for class " + i);
            }
        }
        return Labels.of(byIndex.values().stream().map(LabelsFile::clean).toList());
    }

    private static Labels ofEntries(List<JsonNode> entries) {
        boolean withIds = !entries.isEmpty() && entries.get(0).isArray();
        List<String> names = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            boolean isPair = entry.size() == 2 && isAll(entry, JsonNode::isTextual);
            if (withIds ? !isPair : !entry.isTextual()) {
                throw new IllegalArgumentException(
                        "entry " + i + " is " + entry + ", not a " + (withIds ? "pair of id and label" : "label"));
            }
            names.add(clean((withIds ? entry.get(1) : entry).asText()));
            if (withIds) {
                ids.add(clean(entry.get(0).asText()));
            }
        }
        return new Labels(names, ids);
    }

    /** Returns a label in the form for a line of a bundle. */
    private static String clean(String label) {
        String clean = label.strip();
        if (clean.isEmpty() || BREAK.matcher(clean).find()) {
            throw new IllegalArgumentException(
                    "the label \"" + clean + "\" is empty, or contains a tab or a line break");
        }
        return clean;
    }
}
