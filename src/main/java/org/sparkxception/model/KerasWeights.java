package org.sparkxception.model;

import static org.sparkxception.model.Weights.BETA;
import static org.sparkxception.model.Weights.BIAS;
import static org.sparkxception.model.Weights.DEPTHWISE;
import static org.sparkxception.model.Weights.GAMMA;
import static org.sparkxception.model.Weights.KERNEL;
import static org.sparkxception.model.Weights.MEAN;
import static org.sparkxception.model.Weights.POINTWISE;
import static org.sparkxception.model.Weights.VARIANCE;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Layer.BatchNorm;
import org.sparkxception.model.Layer.Conv2d;
import org.sparkxception.model.Layer.Dense;
import org.sparkxception.model.Layer.SeparableConv2d;

/**
 * Reads the layout of the file that Keras published, {@code xception_weights_tf_dim_ordering_tf_kernels.h5}: HDF5, a group a
 * layer, called after the layer's class and numbered in the order of creation, where a block's residual convolution and its
 * batch normalisation come before the block's separable convolutions.
 *
 * <p>Depth, widths and classes are those of the tensors; the input size is not in the file.
 */
public final class KerasWeights {
    private static final double EPSILON = 1e-3;
    private static final String CONV = "convolution2d";
    private static final String SEPARABLE = "separableconvolution2d";
    private static final String NORM = "batchnormalization";
    private static final String DENSE = "dense";
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /** Class of layer → number → variable → tensor. */
    private final Map<String, TreeMap<Integer, Map<String, Dataset>>> layers = new HashMap<>();

    private KerasWeights() {}

    /**
     * Reads a whole network.
     *
     * @param inputHeight rows of the images that it takes; the layout does not say
     * @param inputWidth columns of the images that it takes
     * @throws UserException (exit code 2) if the file cannot be read, or is not a whole Xception; it names the tensor
     */
    public static ImportedNetwork read(Path file, int inputHeight, int inputWidth) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new UserException(
                        ExitCode.USAGE, file + " is larger than 2 GiB: no Xception has so many weights");
            }
            try (HdfFile hdf = new HdfFile(file)) {
                KerasWeights reader = new KerasWeights();
                reader.index(hdf);
                Architecture architecture = reader.architecture(inputHeight, inputWidth);
                return new ImportedNetwork(architecture, new Weights(architecture, reader.tensors(architecture)));
            }
        } catch (HdfException | IOException e) {
            throw new UserException(
                    ExitCode.USAGE,
                    file + " cannot be read as an HDF5 weight file (" + e.getMessage()
                            + "): give the .h5 file that Keras wrote, whole",
                    e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(ExitCode.USAGE, file + " does not hold an Xception network: " + e.getMessage(), e);
        }
    }

    private void index(Group root) {
        for (Node node : root.getChildren().values()) {
            int split = node.getName().lastIndexOf('_');
            if (node instanceof Group group && !group.getChildren().isEmpty()) {
                if (split < 0 || !node.getName().substring(split + 1).matches("[0-9]{1,6}")) {
                    throw new IllegalArgumentException("the group " + node.getName()
                            + " is not of the published layout, whose groups are called convolution2d_1 and so on");
                }
                Map<String, Dataset> variables = new HashMap<>();
                for (Node child : group.getChildren().values()) {
                    variables.put(variable(group.getName(), child.getName()), (Dataset) child);
                }
                layers.computeIfAbsent(node.getName().substring(0, split), name -> new TreeMap<>())
                        .put(Integer.valueOf(node.getName().substring(split + 1)), variables);
            }
        }
        for (String type : layers.keySet()) {
            if (!List.of(CONV, SEPARABLE, NORM, DENSE).contains(type)) {
                throw new IllegalArgumentException("it has a layer of the class " + type + ", which Xception has not");
            }
        }
    }

    /** {@code convolution2d_1_W:0} in the group {@code convolution2d_1} is {@code W}. */
    private static String variable(String group, String dataset) {
        String name = dataset.endsWith(":0") ? dataset.substring(0, dataset.length() - 2) : dataset;
        return name.startsWith(group + "_") ? name.substring(group.length() + 1) : name;
    }

    private Architecture architecture(int inputHeight, int inputWidth) {
        List<Map<String, Dataset>> convs = all(CONV);
        List<Map<String, Dataset>> separables = all(SEPARABLE);
        List<Map<String, Dataset>> denses = all(DENSE);
        int entryBlocks = convs.size() - 3;
        int middleBlocks = (separables.size() - 2 * entryBlocks - 4) / 3;
        if (entryBlocks < 1
                || middleBlocks < 0
                || 2 * entryBlocks + 3 * middleBlocks + 4 != separables.size()
                || denses.size() != 1) {
            throw new IllegalArgumentException(convs.size() + " convolutions, " + separables.size()
                    + " separable convolutions and " + denses.size()
                    + " dense layers are no Xception (the paper's has 6, 34 and 1)");
        }
        List<Integer> entryWidths = new ArrayList<>();
        for (int block = 0; block < entryBlocks; block++) {
            entryWidths.add(lastDimension(convs.get(2 + block), "W"));
        }
        int last = separables.size() - 1;
        return new Architecture(
                inputHeight,
                inputWidth,
                List.of(lastDimension(convs.get(0), "W"), lastDimension(convs.get(1), "W")),
                entryWidths,
                middleBlocks,
                lastDimension(convs.get(convs.size() - 1), "W"),
                List.of(
                        lastDimension(separables.get(last - 1), "pointwise_kernel"),
                        lastDimension(separables.get(last), "pointwise_kernel")),
                lastDimension(denses.get(0), "W"),
                EPSILON);
    }

    private List<Map<String, Dataset>> all(String type) {
        return List.copyOf(layers.getOrDefault(type, new TreeMap<>()).values());
    }

    private static int lastDimension(Map<String, Dataset> variables, String name) {
        Dataset dataset = variables.get(name);
        if (dataset == null || dataset.getDimensions().length == 0) {
            throw new IllegalArgumentException("a layer has no " + name + "; it has " + variables.keySet());
        }
        return dataset.getDimensions()[dataset.getDimensions().length - 1];
    }

    /** Takes the file's layers by class and number, in the order in which the network's own layers were created. */
    private Map<String, Tensor> tensors(Architecture architecture) {
        Map<String, Tensor> tensors = new HashMap<>();
        Map<String, Integer> taken = new HashMap<>();
        for (Layer layer : Xception.layers(architecture)) {
            if (layer instanceof Conv2d) {
                put(tensors, layer, next(CONV, taken), Map.of("W", KERNEL));
            } else if (layer instanceof SeparableConv2d) {
                put(
                        tensors,
                        layer,
                        next(SEPARABLE, taken),
                        Map.of("depthwise_kernel", DEPTHWISE, "pointwise_kernel", POINTWISE));
            } else if (layer instanceof BatchNorm) {
                put(
                        tensors,
                        layer,
                        next(NORM, taken),
                        Map.of("gamma", GAMMA, "beta", BETA, "running_mean", MEAN, "running_std", VARIANCE));
            } else if (layer instanceof Dense) {
                put(tensors, layer, next(DENSE, taken), Map.of("W", KERNEL, "b", BIAS));
            }
        }
        int left = layers.getOrDefault(NORM, new TreeMap<>()).size() - taken.getOrDefault(NORM, 0);
        if (left != 0) {
            throw new IllegalArgumentException("it has " + left + " batch normalisations too many");
        }
        return tensors;
    }

    private Map.Entry<String, Map<String, Dataset>> next(String type, Map<String, Integer> taken) {
        int index = taken.merge(type, 1, Integer::sum) - 1;
        List<Map.Entry<Integer, Map<String, Dataset>>> found =
                List.copyOf(layers.getOrDefault(type, new TreeMap<>()).entrySet());
        if (index >= found.size()) {
            throw new IllegalArgumentException("it has " + found.size() + " layers of the class " + type + ", too few");
        }
        return Map.entry(
                type + "_" + found.get(index).getKey(), found.get(index).getValue());
    }

    private static void put(
            Map<String, Tensor> tensors,
            Layer layer,
            Map.Entry<String, Map<String, Dataset>> group,
            Map<String, String> variables) {
        Map<String, int[]> shapes = new HashMap<>();
        Weights.parameters(layer).forEach(p -> shapes.put(p.variable(), p.dimensions()));
        for (String found : group.getValue().keySet()) {
            if (!variables.containsKey(found)) {
                throw new IllegalArgumentException(
                        "the network has no place for the tensor " + group.getKey() + "/" + found);
            }
        }
        variables.forEach((theirs, ours) -> {
            int[] expected = KerasLayout.toKeras(ours, shapes.get(ours));
            Dataset dataset = group.getValue().get(theirs);
            if (dataset == null) {
                throw new IllegalArgumentException("the tensor " + group.getKey() + "/" + theirs + " is missing, which "
                        + layer.name() + " needs");
            }
            if (!Arrays.equals(dataset.getDimensions(), expected)) {
                throw new IllegalArgumentException("the tensor " + group.getKey() + "/" + theirs + " has the shape "
                        + Tensor.describe(dataset.getDimensions()) + " where " + layer.name() + " needs "
                        + Tensor.describe(expected));
            }
            tensors.put(layer.name() + "/" + ours, KerasLayout.fromKeras(ours, values(dataset)));
        });
    }

    private static Tensor values(Dataset dataset) {
        if (dataset.getJavaType() != float.class) {
            throw new IllegalArgumentException(
                    "the tensor " + dataset.getPath() + " is of " + dataset.getJavaType() + ", not 32-bit floats");
        }
        FloatBuffer values = FloatBuffer.wrap((float[]) dataset.getDataFlat());
        return Tensor.of(values, dataset.getDimensions());
    }
}
