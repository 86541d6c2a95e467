package org.sparkxception.model.timm;

import static org.sparkxception.model.Weights.BETA;
import static org.sparkxception.model.Weights.BIAS;
import static org.sparkxception.model.Weights.DEPTHWISE;
import static org.sparkxception.model.Weights.GAMMA;
import static org.sparkxception.model.Weights.KERNEL;
import static org.sparkxception.model.Weights.MEAN;
import static org.sparkxception.model.Weights.POINTWISE;
import static org.sparkxception.model.Weights.VARIANCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Architecture.PoolPadding;
import org.sparkxception.model.Head;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Layer;
import org.sparkxception.model.Safetensors;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;
import org.sparkxception.model.Xception;

/**
 * Reads the safetensors files of timm's {@code legacy_xception}, with any number of classes, or without classes.
 *
 * <p>Source of names and settings: {@code timm/models/xception.py} of timm 1.0.
 */
public final class TimmFile {
    private static final double EPSILON = 1e-5;
    private static final long MAX_BYTES = 1 << 30;
    private static final String CONV1 = "conv1.weight";
    private static final String FC = "fc.weight";

    /** Prefixes that DataParallel, Lightning and {@code torch.compile} add to every name. */
    private static final List<String> WRAPPERS = List.of("module.", "model.", "_orig_mod.");

    private static final Map<String, String> VARIABLES =
            Map.of(GAMMA, "weight", BETA, "bias", MEAN, "running_mean", VARIANCE, "running_var");

    private TimmFile() {}

    /**
     * Reads a network.
     *
     * @param size number of rows and columns of the input, which the file does not specify
     * @throws UserException (exit code 2) if the file cannot be read, or is not an Xception; the message contains the tensor
     */
    public static ImportedNetwork read(Path file, int size) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it is larger than 1 GiB, too large for the weights of an Xception");
            }
            Map<String, Tensor> tensors = withTimmNames(
                    Safetensors.read(Files.readAllBytes(file), name -> !name.endsWith("num_batches_tracked")));
            refuseAligned(tensors);
            Architecture architecture = architecture(tensors, size);
            return new ImportedNetwork(architecture, new Weights(architecture, renamed(tensors, architecture)));
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE,
                    file + " cannot be read as a safetensors file (" + e.getMessage()
                            + "): use a complete file written by timm or safetensors",
                    e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(
                    ExitCode.USAGE, file + " does not contain timm's legacy_xception: " + e.getMessage(), e);
        }
    }

    /** Renames the tensors of a network that was saved within another module, or whose last layer has its name in Cadene's Xception. */
    private static Map<String, Tensor> withTimmNames(Map<String, Tensor> tensors) {
        Optional<String> wrapper = WRAPPERS.stream()
                .filter(prefix ->
                        !tensors.isEmpty() && tensors.keySet().stream().allMatch(startsWith(prefix)))
                .findFirst();
        if (wrapper.isPresent()) {
            return withTimmNames(
                    renamed(tensors, name -> name.substring(wrapper.get().length())));
        }
        boolean hasFc = tensors.keySet().stream().anyMatch(startsWith("fc."));
        return hasFc ? tensors : renamed(tensors, name -> name.replaceFirst("^last_linear\\.", "fc."));
    }

    private static Map<String, Tensor> renamed(Map<String, Tensor> tensors, UnaryOperator<String> rename) {
        Map<String, Tensor> renamed = new TreeMap<>();
        tensors.forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
        return renamed;
    }

    private static void refuseAligned(Map<String, Tensor> tensors) {
        if (tensors.keySet().stream().anyMatch(name -> name.matches("blocks\\.\\d+\\.stack\\..*"))) {
            throw new IllegalArgumentException(
                    "it is an aligned Xception (xception41, xception65 or xception71 of timm), which is a different"
                            + " network: save it as a TorchScript program with torch.jit.trace(model.eval(),"
                            + " torch.rand(1, 3, 299, 299)).save(\"model.pt\"), and import that with `trust-code`");
        }
    }

    private static Architecture architecture(Map<String, Tensor> tensors, int size) {
        List<Integer> downsampling = new ArrayList<>();
        int blocks = 0;
        for (int block = 1; tensors.keySet().stream().anyMatch(startsWith("block" + block + ".")); block++) {
            blocks = block;
            if (tensors.containsKey("block" + block + ".skip.weight")) {
                downsampling.add(block);
            }
        }
        if (downsampling.size() < 2 || downsampling.get(downsampling.size() - 1) != blocks) {
            throw new IllegalArgumentException("it has " + blocks + " blocks, of which " + downsampling
                    + " have a residual convolution (timm's has 12, of which 1, 2, 3 and 12 have one)");
        }
        List<Integer> entry = new ArrayList<>();
        for (int block : downsampling.subList(0, downsampling.size() - 1)) {
            entry.add(width(tensors, "block" + block + ".skip.weight"));
        }
        return new Architecture(
                size,
                size,
                List.of(width(tensors, CONV1), width(tensors, "conv2.weight")),
                entry,
                blocks - downsampling.size(),
                width(tensors, "block" + blocks + ".skip.weight"),
                List.of(width(tensors, "conv3.pointwise.weight"), width(tensors, "conv4.pointwise.weight")),
                tensors.containsKey(FC) ? Head.paper(width(tensors, FC)) : Head.withoutTop(),
                EPSILON,
                PoolPadding.SYMMETRIC,
                true,
                IntermediateActivation.NONE);
    }

    private static Predicate<String> startsWith(String prefix) {
        return name -> name.startsWith(prefix);
    }

    private static int width(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null || tensor.shape().length == 0) {
            throw new IllegalArgumentException("the tensor " + name + " is missing");
        }
        return tensor.shape()[0];
    }

    private static Map<String, Tensor> renamed(Map<String, Tensor> tensors, Architecture architecture) {
        Map<String, Tensor> left = new TreeMap<>(tensors);
        Map<String, Tensor> renamed = new HashMap<>();
        for (Layer layer : Xception.layers(architecture)) {
            for (Weights.Parameter parameter : Weights.parameters(layer)) {
                String theirs = timm(parameter, architecture);
                Tensor tensor = left.remove(theirs);
                if (tensor == null) {
                    throw new IllegalArgumentException("the tensor " + theirs + " is missing");
                }
                if (!tensor.hasShape(parameter.dimensions())) {
                    throw new IllegalArgumentException("the tensor " + theirs + " has the shape "
                            + Tensor.describe(tensor.shape()) + ", but the network requires "
                            + Tensor.describe(parameter.dimensions()));
                }
                renamed.put(parameter.name(), tensor);
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "unexpected tensor " + left.keySet().iterator().next());
        }
        return renamed;
    }

    /** Returns the name of a variable in timm: {@code block3_sepconv2_bn/gamma} is {@code block2.rep.5.weight}. */
    private static String timm(Weights.Parameter parameter, Architecture architecture) {
        String layer = parameter.layer();
        boolean norm = layer.endsWith("_bn");
        String variable = parameter.variable();
        String leaf =
                switch (variable) {
                    case DEPTHWISE -> "conv1.weight";
                    case POINTWISE -> "pointwise.weight";
                    case KERNEL -> "weight";
                    case BIAS -> "bias";
                    default -> VARIABLES.get(variable);
                };
        if (layer.equals(Xception.HEAD)) {
            return "fc." + leaf;
        }
        String[] parts = layer.replaceFirst("_bn$", "").split("_", -1);
        int block = Integer.parseInt(parts[0].substring("block".length()));
        int blocks = architecture.entryWidths().size() + architecture.middleBlocks() + 1;
        if (block == 1) {
            return (norm ? "bn" : "conv") + parts[1].charAt(parts[1].length() - 1) + "." + leaf;
        }
        String module = "block" + (block - 1);
        if (parts[1].equals("residual")) {
            return module + (norm ? ".skipbn." : ".skip.") + leaf;
        }
        int conv = parts[1].charAt(parts[1].length() - 1) - '0';
        if (block - 1 > blocks) {
            return (norm ? "bn" : "conv") + (conv + 2) + "." + leaf;
        }
        // The first block starts without ReLU: its modules are one earlier.
        int place = 3 * (conv - 1) + (block == 2 ? 0 : 1) + (norm ? 1 : 0);
        return module + ".rep." + place + "." + leaf;
    }
}
