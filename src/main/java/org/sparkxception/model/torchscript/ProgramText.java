package org.sparkxception.model.torchscript;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.sparkxception.model.Head.Function;

/**
 * The {@code forward} of a network: one assignment a line, in the fully qualified form of an archive's code. Each method adds a
 * line and returns the name of its result.
 *
 * <p>Source of the fused operators: {@code aten/src/ATen/native/mkldnn/RegisterMkldnnOpContextClass.cpp} of PyTorch 2.7.1.
 */
final class ProgramText {
    private static final int FLOAT32 = 6;

    private final Dialect dialect;
    private final StringBuilder lines = new StringBuilder();
    private int names;

    /** Where a convolution finds its weights, and how it moves over the image. */
    record Conv(String kernel, Optional<String> bias, int padding, int stride, int groups) {}

    ProgramText(Dialect dialect) {
        this.dialect = dialect;
    }

    /** From images × rows × columns × channels to float32 images × channels × rows × columns, channels last. */
    String input() {
        return line("torch.permute(torch.to(x, %d), [0, 3, 1, 2])".formatted(FLOAT32));
    }

    String conv(String input, Conv conv, boolean relu) {
        if (dialect == Dialect.FUSED) {
            return line("ops.mkldnn._convolution_pointwise(%s, \"%s\", %s, None)"
                    .formatted(fusedArguments(input, conv), relu ? "relu" : "none", noScalars()));
        }
        String result = line("torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d], [1, 1], %d)"
                .formatted(
                        input,
                        conv.kernel,
                        conv.bias.orElse("None"),
                        conv.stride,
                        conv.stride,
                        conv.padding,
                        conv.padding,
                        conv.groups));
        return relu ? relu(result) : result;
    }

    /** Adds a convolution to a value that nothing needs afterwards. */
    String convInto(String accumulator, String input, Conv conv) {
        if (dialect == Dialect.FUSED) {
            return line("ops.mkldnn._convolution_pointwise_(%s, %s, \"add\", 1.0, None, %s, None)"
                    .formatted(accumulator, fusedArguments(input, conv), noScalars()));
        }
        return add(accumulator, conv(input, conv, false));
    }

    private static String fusedArguments(String input, Conv conv) {
        return "%s, %s, %s, [%d, %d], [%d, %d], [1, 1], %d"
                .formatted(
                        input,
                        conv.kernel,
                        conv.bias.orElse("None"),
                        conv.padding,
                        conv.padding,
                        conv.stride,
                        conv.stride,
                        conv.groups);
    }

    private static String noScalars() {
        return "annotate(List[Optional[number]], [])";
    }

    String relu(String input) {
        return line("torch.relu(%s)".formatted(input));
    }

    String add(String left, String right) {
        return line("torch.add(%s, %s)".formatted(left, right));
    }

    /** 3×3 windows, two apart. Rounding up without padding puts the odd cell of padding at the end. */
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

    /** A feature map as a vector of this many values, in the order rows, columns, channels. */
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

    private String line(String expression) {
        String name = "v" + names++;
        lines.append("    ").append(name).append(" = ").append(expression).append('\n');
        return name;
    }

    /** The whole method: takes the images, and returns these values. */
    String returning(List<String> results) {
        String type = results.size() == 1
                ? "Tensor"
                : "Tuple[" + String.join(", ", Collections.nCopies(results.size(), "Tensor")) + "]";
        String value = results.size() == 1 ? results.get(0) : "(" + String.join(", ", results) + ")";
        return "  def forward(self: __torch__.M,\n    x: Tensor) -> " + type + ":\n" + lines + "    return " + value
                + "\n";
    }
}
