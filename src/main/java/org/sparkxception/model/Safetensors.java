package org.sparkxception.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads and writes floats in safetensors format: the length of a JSON header (8 bytes, little endian), the header with each
 * tensor's type, shape and offsets, and the values.
 *
 * <p>Source: the format description in the README of {@code huggingface/safetensors}.
 */
public final class Safetensors {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_HEADER = 100_000_000;

    private Safetensors() {}

    static byte[] write(Map<String, Tensor> tensors) {
        Map<String, Tensor> sorted = new TreeMap<>(tensors);
        ObjectNode header = JSON.createObjectNode();
        long end = 0;
        for (Map.Entry<String, Tensor> entry : sorted.entrySet()) {
            ObjectNode place = header.putObject(entry.getKey());
            place.put("dtype", "F32");
            for (int dimension : entry.getValue().shape()) {
                place.withArray("shape").add(dimension);
            }
            place.putArray("data_offsets")
                    .add(end)
                    .add(end + 4L * entry.getValue().size());
            end += 4L * entry.getValue().size();
        }
        byte[] json = padded(header.toString());
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(8 + json.length + end));
        bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
        for (Tensor tensor : sorted.values()) {
            for (int i = 0; i < tensor.size(); i++) {
                bytes.putFloat(tensor.at(i));
            }
        }
        return bytes.array();
    }

    /** Pads the header so that values start at a multiple of 8 bytes. */
    private static byte[] padded(String json) {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat((8 - length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, Tensor> read(byte[] bytes) throws IOException {
        return read(bytes, name -> true);
    }

    /**
     * Reads the tensors whose names are accepted by the predicate. float32 tensors are views of {@code bytes}; float16, bfloat16 and
     * float64 are converted.
     *
     * @throws IOException if the bytes are not in this format; the message contains the tensor
     */
    public static Map<String, Tensor> read(byte[] bytes, Predicate<String> wanted) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.length < 8 ? -1 : buffer.getLong();
        if (length < 2 || length > MAX_HEADER || length > buffer.remaining()) {
            throw new IOException("it has no safetensors header");
        }
        JsonNode header = header(bytes, (int) length);
        buffer.position(8 + (int) length);
        ByteBuffer values = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__") && wanted.test(entry.getKey())) {
                tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), values));
            }
        }
        return tensors;
    }

    private static JsonNode header(byte[] bytes, int length) throws IOException {
        try {
            return JSON.readTree(bytes, 8, length);
        } catch (JsonProcessingException e) {
            throw new IOException("its safetensors header is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Tensor tensor(String name, JsonNode place, ByteBuffer values) throws IOException {
        String type = place.path("dtype").asText();
        int width =
                switch (type) {
                    case "F32" -> 4;
                    case "F16", "BF16" -> 2;
                    case "F64" -> 8;
                    default ->
                        throw new IOException("the tensor " + name + " has type " + type + ", which is not supported");
                };
        long from = place.path("data_offsets").path(0).asLong(-1);
        long to = place.path("data_offsets").path(1).asLong(-1);
        if (from < 0 || to < from || to > values.capacity() || (to - from) % width != 0) {
            throw new IOException("the tensor " + name + " is outside the file");
        }
        int[] shape = new int[place.path("shape").size()];
        for (int axis = 0; axis < shape.length; axis++) {
            JsonNode length = place.path("shape").path(axis);
            shape[axis] = length.isIntegralNumber() && length.canConvertToInt() ? length.intValue() : -1;
        }
        ByteBuffer slice = values.slice((int) from, (int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return Tensor.of(floats(slice, type), shape);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException("the tensor " + name + " does not match its shape: " + e.getMessage(), e);
        }
    }

    private static FloatBuffer floats(ByteBuffer bytes, String type) {
        return switch (type) {
            case "F16" -> converted(bytes.remaining() / 2, i -> Tensor.halfToFloat(bytes.getShort(2 * i)));
            case "BF16" -> converted(bytes.remaining() / 2, i -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16));
            case "F64" -> converted(bytes.remaining() / 8, i -> (float) bytes.getDouble(8 * i));
            default -> bytes.asFloatBuffer();
        };
    }

    private interface Reader {
        float at(int index);
    }

    private static FloatBuffer converted(int count, Reader reader) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = reader.at(i);
        }
        return FloatBuffer.wrap(values);
    }
}
