package org.sparkxception.model.torchscript;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkxception.model.torchscript.Pickle.Value;

/**
 * Writes a TorchScript archive: one module {@code __torch__.M} with tensors as attributes and a {@code forward}. A tensor is written
 * when it is added, so that networks of hundreds of megabytes are never completely in memory. Methods throw
 * {@link UncheckedIOException} if the archive cannot be written.
 *
 * <p>Source: {@code torch/csrc/jit/docs/serialization.md} of PyTorch: a zip of stored entries under one folder.
 */
final class Archive {
    private static final String FOLDER = "spark-xception/";
    private static final String VERSION = "3\n";

    private final Map<String, Value> attributes = new LinkedHashMap<>();
    private final ZipOutputStream zip;
    private int storages;

    /** @param out receives the archive as it is written; it is not closed */
    Archive(OutputStream out) {
        this.zip = new ZipOutputStream(out);
        attributes.put("training", Pickle.bool(false));
    }

    /** Adds a four-dimensional tensor, given in row-major order, in channels-last memory format: the second axis is innermost. */
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

    /** Adds a four-dimensional tensor of 8-bit integers, in row-major order. */
    String add(String name, byte[] values, int n, int c, int h, int w) {
        return add(name, "CharStorage", values, new int[] {n, c, h, w}, new int[] {c * h * w, h * w, w, 1});
    }

    /** Adds a vector of 32-bit zeros. */
    String addZeros(String name, int count) {
        return add(name, "IntStorage", new byte[4 * count], new int[] {count}, new int[] {1});
    }

    private String add(String name, float[] values, int[] shape, int[] strides) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return add(name, "FloatStorage", bytes.array(), shape, strides);
    }

    private String add(String name, String storageType, byte[] bytes, int[] shape, int[] strides) {
        String key = String.valueOf(storages++);
        put("data/" + key, bytes);
        attributes.put(name, Pickle.tensor(storageType, key, shape, strides));
        return "self." + name;
    }

    /** Writes the methods, including {@code forward}, and the rest of the archive. Nothing can be added afterward. */
    void finish(String methods) {
        StringBuilder code = new StringBuilder("class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
        for (String name : attributes.keySet()) {
            code.append("  ")
                    .append(name)
                    .append(" : ")
                    .append(name.equals("training") ? "bool" : "Tensor")
                    .append('\n');
        }
        code.append(methods);
        put("data.pkl", Pickle.object("__torch__", "M", attributes));
        put("code/__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8));
        put("constants.pkl", Pickle.emptyTuple());
        put("version", VERSION.getBytes(StandardCharsets.US_ASCII));
        put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        try {
            zip.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(String name, byte[] content) {
        ZipEntry entry = new ZipEntry(FOLDER + name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        try {
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
