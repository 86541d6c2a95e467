package org.sparkxception.model.keras;

import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.Tensor;

/** The contents of HDF5 weight files. */
final class HdfTensors {
    private HdfTensors() {}

    /** A tensor in a file, read on demand. */
    record Variable(Dataset dataset) {
        static Variable of(Node node) {
            if (node instanceof Dataset dataset) {
                return new Variable(dataset);
            }
            throw new IllegalArgumentException(node.getPath() + " is not a tensor");
        }

        String path() {
            return dataset.getPath();
        }

        int[] shape() {
            return dataset.getDimensions();
        }

        /** Reads the values. The memory used is limited by the length of the file and the expected shape. */
        Tensor read() {
            Class<?> type = dataset.getJavaType();
            if (HdfFiles.isBfloat16(dataset)) {
                long[] bits = (long[]) dataset.getDataFlat();
                float[] values = new float[bits.length];
                for (int i = 0; i < bits.length; i++) {
                    values[i] = Float.intBitsToFloat((int) bits[i] << 16);
                }
                return Tensor.of(values, shape());
            } else if (type == float.class) {
                return Tensor.of(FloatBuffer.wrap((float[]) dataset.getDataFlat()), shape());
            } else if (type == double.class) {
                double[] values = (double[]) dataset.getDataFlat();
                float[] narrow = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    narrow[i] = (float) values[i];
                }
                return Tensor.of(narrow, shape());
            }
            throw new IllegalArgumentException("the tensor " + path() + " has type " + type
                    + " instead of floats: if the network is quantized, save it before model.quantize(...)");
        }

        @Override
        public String toString() {
            return path() + Tensor.describe(shape());
        }
    }

    /** The groups that a walk through a file has visited: hard links can form cycles. */
    static final class Met {
        private final Set<Long> addresses = new HashSet<>();

        /** @throws IllegalArgumentException if the group was visited before */
        void add(Group group) {
            if (!addresses.add(group.getAddress())) {
                throw new IllegalArgumentException("the group " + group.getPath()
                        + " has several hard links in the file, which Keras does not write");
            }
        }
    }

    /** Returns the node at a path below a group; null if there is none. */
    static Node find(Group root, String path) {
        Node node = root;
        for (String name : path.split("/", -1)) {
            node = node instanceof Group group ? group.getChild(name) : null;
        }
        return node;
    }

    static Optional<String> text(Node node, String attribute) {
        Attribute found = node.getAttribute(attribute);
        return found != null && found.getData() instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Returns a list of names; long lists are split into the attributes {@code NAME0}, {@code NAME1}, …. */
    static Optional<List<String>> texts(Node node, String attribute) {
        Attribute whole = node.getAttribute(attribute);
        if (whole != null) {
            return Optional.of(texts(whole));
        }
        List<String> texts = new ArrayList<>();
        Attribute part = node.getAttribute(attribute + 0);
        for (int number = 1; part != null; number++) {
            texts.addAll(texts(part));
            part = node.getAttribute(attribute + number);
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(texts);
    }

    private static List<String> texts(Attribute attribute) {
        Object data = attribute.isEmpty() ? null : attribute.getData();
        if (data instanceof String text) {
            return List.of(text);
        }
        return data instanceof String[] texts ? Arrays.asList(texts) : List.of();
    }
}
