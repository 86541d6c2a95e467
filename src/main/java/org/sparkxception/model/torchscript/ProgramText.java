package org.sparkxception.model.torchscript;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Head.Function;
import org.sparkxception.model.Precision;

/**
 * The {@code forward} of a network: one assignment per line, in the fully qualified form of an archive's code. Each method adds a
 * line and returns the name of its result.
 *
 * <p>Source of the fused operators: {@code aten/src/ATen/native/mkldnn/RegisterMkldnnOpContextClass.cpp} and {@code
 * aten/src/ATen/native/native_functions.yaml} of PyTorch 2.7.1.
 */
final class ProgramText {
    private static final int FLOAT32 = 6;
    private static final int USUAL_BATCH = 8;

    private final OperatorSet dialect;
    private final int type;
    private final StringBuilder lines = new StringBuilder();
    private final StringBuilder preparation = new StringBuilder();
    private int names;
    private String images = "x";
    private String indent = "    ";

    /**
     * The arguments of a convolution: its weights, geometry and input shape.
     *
     * @param kernel the attribute with the weights
     * @param channels channels of the output
     * @param size rows and columns of the kernel
     * @param bias the attribute with the bias, if any
     */
    record Conv(
            String kernel,
            int channels,
            int size,
            Optional<String> bias,
            FeatureMap input,
            int padding,
            int stride,
            int groups) {
        /** Whether the convolution is a matrix product of each pixel. */
        boolean isPointwise() {
            return size == 1 && stride == 1 && groups == 1;
        }

        String padded() {
            return "[%d, %d], [%d, %d], [1, 1], %d".formatted(padding, padding, stride, stride, groups);
        }
    }

    /** @param precision precision of the convolutions */
    ProgramText(OperatorSet dialect, Precision precision) {
        this.dialect = dialect;
        this.type = switch (precision) {
            case FP32 -> FLOAT32;
            case BF16 -> 15;
            case FP16 -> 5;
            case INT8 -> 0;
        };
    }

    /** Converts images × rows × columns × channels to float32, images × channels × rows × columns, in channels-last memory format. */
    String input() {
        return line("torch.permute(torch.to(%s, %d), [0, 3, 1, 2])".formatted(images, FLOAT32));
    }

    /** The name of the program's input, or of the current slice in a loop over slices. */
    String images() {
        return images;
    }

    /** Starts a loop over slices of the images; must be called before any other line is added. {@link #joined} ends it. */
    void eachSlice(int size) {
        lines.append("    slices = annotate(List[Tensor], [])\n");
        lines.append("    for slice in torch.split(x, %d):\n".formatted(size));
        images = "slice";
        indent = "      ";
    }

    /** Ends the loop over slices; returns the concatenation of a value of each slice. */
    String joined(String ofSlice) {
        lines.append("      _ = torch.append(slices, %s)\n".formatted(ofSlice));
        indent = "    ";
        return line("torch.cat(slices)");
    }

    String conv(String input, Conv conv, boolean relu) {
        if (dialect == OperatorSet.FUSED) {
            return line("ops.mkldnn._convolution_pointwise(%s, \"%s\", %s, None)"
                    .formatted(fusedArguments(input, conv), relu ? "relu" : "none", noScalars()));
        }
        if (isProduct(conv)) {
            return product(input, conv, relu);
        }
        boolean withRelu = relu && dialect == OperatorSet.CUDNN && conv.groups == 1;
        String result = line("torch.%s(%s, %s, %s, [%d, %d], [%d, %d], [1, 1], %d)"
                .formatted(
                        withRelu ? "cudnn_convolution_relu" : "conv2d",
                        input,
                        conv.kernel,
                        conv.bias.orElse("None"),
                        conv.stride,
                        conv.stride,
                        conv.padding,
                        conv.padding,
                        conv.groups));
        return relu && !withRelu ? relu(result) : result;
    }

    /** On GPUs, cuBLAS fuses bias and ReLU into the product, which cuDNN does not; in float32, cuDNN is faster. */
    private boolean isProduct(Conv conv) {
        return dialect == OperatorSet.CUDNN && type != FLOAT32 && conv.isPointwise() && conv.bias.isPresent();
    }

    /**
     * A convolution as a matrix product: pixels × channels, the memory layout of a channels-last map, times the kernel as transposed by
     * {@link #prepare(Conv, boolean)}.
     */
    private String product(String input, Conv conv, boolean relu) {
        String pixels = flatten(input, conv.input.channels());
        String product = "torch.%s(%s, %s, %s)"
                .formatted(relu ? "_addmm_activation" : "addmm", conv.bias.orElseThrow(), pixels, conv.kernel);
        return line("torch.permute(torch.reshape(%s, [-1, %d, %d, %d]), [0, 3, 1, 2])"
                .formatted(product, conv.input.height(), conv.input.width(), conv.channels));
    }

    /** Adds a convolution to a value, which is overwritten. */
    String convInto(String accumulator, String input, Conv conv) {
        if (dialect == OperatorSet.FUSED) {
            return line("ops.mkldnn._convolution_pointwise_(%s, %s, \"add\", 1.0, None, %s, None)"
                    .formatted(accumulator, fusedArguments(input, conv), noScalars()));
        }
        return add(accumulator, conv(input, conv, false));
    }

    private static String fusedArguments(String input, Conv conv) {
        return "%s, %s, %s, %s".formatted(input, conv.kernel, conv.bias.orElse("None"), conv.padded());
    }

    /**
     * Prepares a convolution's weights when the program is loaded: converts their type, and for the fused operators reorders them to the
     * layout for the machine, which would otherwise be done in each call.
     *
     * @param lowered whether the convolution is computed in the type of the precision, and not in float32
     */
    void prepare(Conv conv, boolean lowered) {
        boolean cast = lowered && type != FLOAT32;
        String kernel = cast ? cast(conv.kernel) : conv.kernel;
        if (dialect == OperatorSet.FUSED) {
            prepare(
                    conv.kernel,
                    "ops.mkldnn._reorder_convolution_weight(%s, %s, %s)"
                            .formatted(kernel, conv.padded(), batchOf(conv.input)));
        } else if (cast) {
            prepare(conv.kernel, isProduct(conv) ? "torch.t(torch.flatten(%s, 1))".formatted(kernel) : kernel);
        }
        if (cast) {
            conv.bias.ifPresent(bias -> prepare(bias, cast(bias)));
        }
    }

    /** Replaces an attribute of the program when it is loaded. */
    void prepare(String attribute, String expression) {
        preparation.append("    %s = %s\n".formatted(attribute, expression));
    }

    /**
     * The input shape that weights are packed for: for another map size, oneDNN can choose another layout, and would then reorder the
     * weights in every call. The number of images has no such effect.
     */
    static String batchOf(FeatureMap map) {
        return "[%d, %d, %d, %d]".formatted(USUAL_BATCH, map.channels(), map.height(), map.width());
    }

    private String cast(String value) {
        return "torch.to(%s, %d)".formatted(value, type);
    }

    /** Converts a value to the type of the precision. */
    String lowered(String input) {
        return type == FLOAT32 ? input : line(cast(input));
    }

    /** Converts a value to float32. */
    String raised(String input) {
        return type == FLOAT32 ? input : line("torch.to(%s, %d)".formatted(input, FLOAT32));
    }

    static String noScalars() {
        return "annotate(List[Optional[number]], [])";
    }

    String relu(String input) {
        return line("torch.relu(%s)".formatted(input));
    }

    String add(String left, String right) {
        return line("torch.add(%s, %s)".formatted(left, right));
    }

    /** A pool of 3×3 windows with stride 2. Rounding up without padding puts the odd padding at the end. */
    String maxPool(String input, int paddingRows, int paddingColumns, boolean roundUp) {
        return line("torch.max_pool2d(%s, [3, 3], [2, 2], [%d, %d], [1, 1], %s)"
                .formatted(input, paddingRows, paddingColumns, roundUp ? "True" : "False"));
    }

    String mean(String input) {
        return line("torch.mean(%s, [2, 3])".formatted(input));
    }

    String max(String input) {
        return line("torch.amax(%s, [2, 3])".formatted(input));
    }

    /** The minimum, maximum and mean of each channel of a feature map over all images: 3 × channels. */
    String statistics(String input) {
        return line("torch.stack([torch.amin(%s, [0, 2, 3]), torch.amax(%s, [0, 2, 3]), torch.mean(%s, [0, 2, 3])])"
                .formatted(input, input, input));
    }

    /** Reshapes feature maps to vectors with {@code count} values, in the order images, rows, columns, channels. */
    String flatten(String input, int count) {
        return line("torch.reshape(torch.permute(%s, [0, 2, 3, 1]), [-1, %d])".formatted(input, count));
    }

    String multiply(String input, String factors) {
        return line("torch.mul(%s, %s)".formatted(input, factors));
    }

    String activation(String input, Function function, double parameter) {
        return line(
                switch (function) {
                    case RELU -> "torch.relu(%s)".formatted(input);
                    case RELU6 -> "torch.clamp(%s, 0, 6)".formatted(input);
                    case LEAKY_RELU -> "torch.leaky_relu(%s, %s)".formatted(input, parameter);
                    case ELU -> "torch.elu(%s, %s)".formatted(input, parameter);
                    case SELU -> "torch.selu(%s)".formatted(input);
                    case GELU -> "torch.gelu(%s)".formatted(input);
                    case SILU -> "torch.silu(%s)".formatted(input);
                    case TANH -> "torch.tanh(%s)".formatted(input);
                    case SIGMOID -> "torch.sigmoid(%s)".formatted(input);
                    case SOFTPLUS -> "torch.softplus(%s)".formatted(input);
                    case SOFTSIGN -> "torch.div(%s, torch.add(torch.abs(%s), 1))".formatted(input, input);
                });
    }

    String linear(String input, String weight, String bias) {
        return line("torch.linear(%s, %s, %s)".formatted(input, weight, bias));
    }

    /** Adds an assignment. */
    String line(String expression) {
        String name = "v" + names++;
        lines.append(indent).append(name).append(" = ").append(expression).append('\n');
        return name;
    }

    /**
     * Returns the methods: {@code prepare}, which must be called once before the other and returns its argument, and {@code forward}, which
     * takes the images and returns the given values.
     */
    String returning(List<String> results) {
        String type = results.size() == 1
                ? "Tensor"
                : "Tuple[" + String.join(", ", Collections.nCopies(results.size(), "Tensor")) + "]";
        String value = results.size() == 1 ? results.get(0) : "(" + String.join(", ", results) + ")";
        return method("prepare", "Tensor", preparation, "x") + method("forward", type, lines, value);
    }

    private static String method(String name, String type, CharSequence body, String value) {
        return "  def " + name + "(self: __torch__.M,\n    x: Tensor) -> " + type + ":\n" + body + "    return " + value
                + "\n";
    }
}
