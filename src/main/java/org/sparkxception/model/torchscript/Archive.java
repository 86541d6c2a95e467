package org.sparkxception.model.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.io.output.CountingOutputStream;
import org.sparkxception.model.torchscript.Pickle.Value;

/**
 * A TorchScript archive in the making: one module {@code __torch__.M} with tensors as attributes and a {@code forward}.
 *
 * <p>Source: {@code torch/csrc/jit/docs/serialization.md} of PyTorch: a zip of stored entries under one folder.
 */
final class Archive {
    private static final String FOLDER = "spark-xception/";
    private static final String VERSION = "3\n";

    private final Map<String, Value> attributes = new LinkedHashMap<>();
    private final Map<String, byte[]> storages = new LinkedHashMap<>();

    Archive() {
        attributes.put("training", Pickle.bool(false));
    }

    /** Adds a tensor of four axes, given in row-major order, so that the second axis lies innermost in memory. */
    String addChannelsLast(String name, float[] values, int n, int c, int h, int w) {
        float[] moved = new float[values.length];
        for (int i = 0, from = 0; i < n; i++) {
            for (int j = 0; j < c; j++) {
                for (int k = 0; k < h * w; k++) {
                    moved[(i * h * w + k) * c + j] = values[from++];
                }
            }
        }
        return add(name, moved, new int[] {n, c, h, w}, new int[] {c * h * w, 1, w * c, c});
    }

    String add(String name, float[] values, int rows, int columns) {
        return add(name, values, new int[] {rows, columns}, new int[] {columns, 1});
    }

    String add(String name, float[] values) {
        return add(name, values, new int[] {values.length}, new int[] {1});
    }

    /** Adds 8-bit integers of four axes, in row-major order. */
    String add(String name, byte[] values, int n, int c, int h, int w) {
        return add(name, "CharStorage", values, new int[] {n, c, h, w}, new int[] {c * h * w, h * w, w, 1});
    }

    /** Adds as many 32-bit zeros. */
    String addZeros(String name, int count) {
        return add(name, "IntStorage", new byte[4 * count], new int[] {count}, new int[] {1});
    }

    private String add(String name, float[] values, int[] shape, int[] strides) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return add(name, "FloatStorage", bytes.array(), shape, strides);
    }

    private String add(String name, String storageType, byte[] bytes, int[] shape, int[] strides) {
        String key = String.valueOf(storages.size());
        storages.put(key, bytes);
        attributes.put(name, Pickle.tensor(storageType, key, shape, strides));
        return "self." + name;
    }

    /** The finished archive, with these methods; one is {@code forward}. Nothing can be added afterwards: the values are let go as they are written. */
    byte[] write(String methods) {
        StringBuilder code = new StringBuilder("class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
        for (String name : attributes.keySet()) {
            code.append("  ")
                    .append(name)
                    .append(" : ")
                    .append(name.equals("training") ? "bool" : "Tensor")
                    .append('\n');
        }
        code.append(methods);
        byte[] program = code.toString().getBytes(StandardCharsets.UTF_8);
        try {
            CountingOutputStream size = new CountingOutputStream(OutputStream.nullOutputStream());
            write(size, program, storages::get);
            Exact bytes = new Exact(size.getCount());
            write(bytes, program, storages::remove);
            return bytes.array();
        } catch (IOException e) {
            throw new IllegalStateException("memory takes what is written to it", e);
        }
    }

    private void write(OutputStream stream, byte[] code, Function<String, byte[]> values) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(stream)) {
            put(zip, "data.pkl", Pickle.object("__torch__", "M", attributes));
            put(zip, "code/__torch__.py", code);
            put(zip, "constants.pkl", Pickle.emptyTuple());
            put(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
            put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (String key : List.copyOf(storages.keySet())) {
                put(zip, "data/" + key, values.apply(key));
            }
        }
    }

    /** Bytes of which it is known how many there will be: hundreds of megabytes are not copied once more. */
    private static final class Exact extends ByteArrayOutputStream {
        Exact(int size) {
            super(size);
        }

        byte[] array() {
            return count == buf.length ? buf : toByteArray();
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(FOLDER + name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
