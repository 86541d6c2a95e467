package org.sparkxception.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Weights by a formula, so that a network of 91 MB need not lie in the repository: the references under {@code goldens/} were
 * made by Keras 3.15.1 with the same weights. Names, shapes and layouts are those of Keras.
 */
public final class FormulaWeights {
    /** A tensor of the full network: its name, its place in the file that Keras published, and its values. */
    public record Entry(String name, String published, String crc32, Tensor tensor) {}

    private FormulaWeights() {}

    public static Map<String, Entry> keras() throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (JsonNode row : rows("weights_index.json")) {
            String name = row.get(0).asText();
            int[] shape = shape(row);
            entries.put(
                    name,
                    new Entry(name, row.get(3).asText(), row.get(2).asText(), Tensor.of(values(name, shape), shape)));
        }
        return entries;
    }

    /** An index of tensors: each row begins with a name and a shape. */
    private static JsonNode rows(String index) throws IOException {
        try (InputStream stream = FormulaWeights.class.getResourceAsStream("/org/sparkxception/goldens/" + index)) {
            return new JsonMapper().readTree(stream);
        }
    }

    private static int[] shape(JsonNode row) {
        return IntStream.range(0, row.get(1).size())
                .map(i -> row.get(1).get(i).asInt())
                .toArray();
    }

    /** Writes the full network in the layout of {@code xception_weights_tf_dim_ordering_tf_kernels.h5}. */
    public static void writePublished(Path file) throws IOException {
        writePublished(file, keras());
    }

    public static void writePublished(Path file, Map<String, Entry> entries) {
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            Map<String, WritableGroup> groups = new HashMap<>();
            for (Entry entry : entries.values()) {
                int slash = entry.published().indexOf('/');
                groups.computeIfAbsent(entry.published().substring(0, slash), hdf::putGroup)
                        .putDataset(
                                entry.published().substring(slash + 1),
                                nested(entry.tensor().toArray(), entry.tensor().shape(), 0, new int[1]));
            }
        }
    }

    /** The tensors of timm's {@code legacy_xception} with 1000 classes, by timm's names. */
    public static Map<String, Tensor> timm() throws IOException {
        return timm(size -> size);
    }

    private static Map<String, Tensor> timm(IntUnaryOperator sizes) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (JsonNode row : rows("timm_index.json")) {
            String name = row.get(0).asText();
            int[] shape = IntStream.of(shape(row)).map(sizes).toArray();
            tensors.put(name, Tensor.of(timmValues(name, shape), shape));
        }
        return tensors;
    }

    /** Writes {@link #timm} as timm does. */
    public static void writeTimm(Path file) throws IOException {
        Files.write(file, Safetensors.write(timm()));
    }

    /** A narrow network by timm's names as a safetensors file, changed before it is written. */
    public static byte[] narrowTimm(Consumer<Map<String, Tensor>> change) throws IOException {
        Map<Integer, Integer> narrow =
                Map.of(32, 2, 64, 4, 128, 4, 256, 6, 728, 8, 1024, 10, 1536, 12, 2048, 14, 1000, 5);
        Map<String, Tensor> tensors = timm(size -> narrow.getOrDefault(size, size));
        change.accept(tensors);
        return Safetensors.write(tensors);
    }

    /** The tensor with another value at a place. */
    public static Tensor with(Tensor tensor, int index, float value) {
        float[] values = tensor.toArray();
        values[index] = value;
        return Tensor.of(values, tensor.shape());
    }

    private static float[] timmValues(String name, int[] shape) {
        boolean beforePool = name.matches("(block1\\.rep\\.4|block(2|3|12)\\.rep\\.5)\\.(weight|bias)");
        int fan = IntStream.of(shape).skip(1).reduce(1, (a, b) -> a * b);
        if (shape.length == 4 && name.endsWith(".conv1.weight")) {
            return paired(name, shape, Math.sqrt(6.0 / 9.0), shape[0], 9, false);
        } else if (shape.length == 4) {
            double gain = name.endsWith("pointwise.weight") ? 1.0 : 0.7;
            double b = gain * Math.sqrt(6.0 / fan);
            return name.equals("conv1.weight")
                    ? plain(name, shape, 0, b)
                    : paired(name, shape, b, shape[1], shape[2] * shape[3], true);
        } else if (name.equals("fc.weight")) {
            return paired(name, shape, 4.5 * Math.sqrt(6.0 / fan), shape[1], 1, true);
        } else if (name.equals("fc.bias")) {
            return plain(name, shape, 0, 0.2);
        } else if (name.endsWith("running_mean")) {
            return plain(name, shape, 0, 0.1);
        } else if (name.endsWith("running_var")) {
            return plain(name, shape, 1, 0.5);
        } else if (name.endsWith("bias")) {
            return plain(name, shape, beforePool ? -0.4 : 0, 0.1);
        }
        double a = name.matches("block([4-9]|1[01])\\.rep\\.8\\.weight")
                ? 0.3
                : beforePool || name.contains(".skipbn.") ? 0.7 : 1.0;
        return plain(name, shape, a, 0.2 * a);
    }

    private static Object nested(float[] values, int[] shape, int axis, int[] next) {
        if (axis == shape.length - 1) {
            float[] row = new float[shape[axis]];
            System.arraycopy(values, next[0], row, 0, row.length);
            next[0] += row.length;
            return row;
        }
        Object result = Array.newInstance(
                float.class, IntStream.of(shape).skip(axis).map(n -> 0).toArray());
        result = Array.newInstance(result.getClass().getComponentType(), shape[axis]);
        for (int i = 0; i < shape[axis]; i++) {
            Array.set(result, i, nested(values, shape, axis + 1, next));
        }
        return result;
    }

    private static float[] values(String name, int[] shape) {
        String layer = name.substring(0, name.indexOf('/'));
        String variable = name.substring(name.indexOf('/') + 1);
        boolean beforePool = layer.matches("block(2|3|4|13)_sepconv2_bn");
        int rank = shape.length;
        return switch (variable) {
            case "depthwise_kernel" -> paired(name, shape, Math.sqrt(6.0 / 9.0), shape[2], 1, false);
            case "kernel", "pointwise_kernel" -> {
                int fan = IntStream.of(shape).limit(rank - 1).reduce(1, (a, b) -> a * b);
                double gain = layer.equals("predictions") ? 4.5 : variable.equals("kernel") ? 0.7 : 1.0;
                double b = gain * Math.sqrt(6.0 / fan);
                yield layer.equals("block1_conv1")
                        ? plain(name, shape, 0, b)
                        : paired(name, shape, b, shape[rank - 2], shape[rank - 1], true);
            }
            case "gamma" -> {
                double a = layer.endsWith("sepconv3_bn")
                        ? 0.3
                        : beforePool || layer.startsWith("batch_normalization") ? 0.7 : 1.0;
                yield plain(name, shape, a, 0.2 * a);
            }
            case "beta" -> plain(name, shape, beforePool ? -0.4 : 0, 0.1);
            case "moving_mean" -> plain(name, shape, 0, 0.1);
            case "moving_variance" -> plain(name, shape, 1, 0.5);
            case "bias" -> plain(name, shape, 0, 0.2);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static float[] plain(String name, int[] shape, double a, double b) {
        int seed = seed(name);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (a + b * uniform(seed, i));
        }
        return values;
    }

    /** Pairs of input channels have equal (depthwise) or opposite weights. */
    private static float[] paired(String name, int[] shape, double b, int channels, int step, boolean opposite) {
        int seed = seed(name);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            boolean odd = i / step % channels % 2 == 1;
            double u = uniform(seed, odd ? i - step : i);
            values[i] = (float) (0 + b * (odd && opposite ? -u : u));
        }
        return values;
    }

    private static int seed(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    private static double uniform(int seed, int index) {
        int h = index * 0x9E3779B9 + seed;
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        h ^= h >>> 16;
        return ((h >>> 8) - 8388608) / 8388608.0;
    }
}
