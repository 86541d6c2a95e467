package org.sparkxception.model.keras;

import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkxception.model.Tensor;

/** What HDF5 files hold, as far as weight files need it. */
final class HdfTensors {
    private HdfTensors() {}

    /** A tensor in a file, not read yet. */
    record Variable(Dataset dataset) {
        String path() {
            return dataset.getPath();
        }

        int[] shape() {
            return dataset.getDimensions();
        }

        /** Reads the values. A file cannot make this cost more than its own length, or what was expected. */
        Tensor read() {
            Class<?> type = dataset.getJavaType();
            if (type == float.class) {
                return Tensor.of(FloatBuffer.wrap((float[]) dataset.getDataFlat()), shape());
            } else if (type == double.class) {
                double[] values = (double[]) dataset.getDataFlat();
                float[] narrow = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    narrow[i] = (float) values[i];
                }
                return Tensor.of(narrow, shape());
            }
            throw new IllegalArgumentException("the tensor " + path() + " is of " + type + ", not of floats");
        }

        @Override
        public String toString() {
            return path() + Tensor.describe(shape());
        }
    }

    /** What lies at a path below a group; null if nothing does. */
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

    /** A list of names; long ones are split over {@code NAME0}, {@code NAME1}, …. */
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
