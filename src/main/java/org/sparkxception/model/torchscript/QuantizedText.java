package org.sparkxception.model.torchscript;

import org.sparkxception.model.FeatureMap;

/**
 * The 8-bit lines of a program: maps are plain uint8 tensors, channels last, and scales are all in the weights.
 *
 * <p>Source of the operators: {@code aten/src/ATen/native/quantized/library.cpp} and {@code cpu/qconv.cpp} of PyTorch 2.7.1.
 */
final class QuantizedText {
    private static final int UINT8 = 0;
    private static final int FLOAT32 = 6;

    private final ProgramText text;

    /** Where a convolution finds its weights, and how it moves over which feature map. */
    record Conv(
            String kernel,
            String scales,
            String zeros,
            String bias,
            FeatureMap input,
            int padding,
            int stride,
            int groups) {
        String movement() {
            return "[%d, %d], [%d, %d], [1, 1], %d".formatted(stride, stride, padding, padding, groups);
        }
    }

    QuantizedText(ProgramText text) {
        this.text = text;
    }

    /** From images × rows × columns × channels to uint8 images × channels × rows × columns, channels last. */
    String input() {
        return text.line("torch.permute(torch.to(torch.clamp(torch.round(%s), 0, 255), %d), [0, 3, 1, 2])"
                .formatted(text.images(), UINT8));
    }

    /** A convolution between 8-bit maps. */
    String conv(String input, int inputZero, Conv conv, int outputZero, boolean relu) {
        return pointwise(input, inputZero, conv, "1.0, %d, None".formatted(outputZero), relu);
    }

    /** A convolution whose output is float32. */
    String convToFloats(String input, int inputZero, Conv conv, boolean relu) {
        return pointwise(input, inputZero, conv, "1.0, 0, %d".formatted(FLOAT32), relu);
    }

    private String pointwise(String input, int inputZero, Conv conv, String output, boolean relu) {
        return text.line("ops.onednn.qconv2d_pointwise(%s, %s, %s, %s, \"%s\", %s, \"\")"
                .formatted(
                        packed(input, inputZero, conv),
                        conv.bias,
                        conv.movement(),
                        output,
                        relu ? "relu" : "none",
                        ProgramText.noScalars()));
    }

    /** Adds a convolution to an 8-bit map of the same units, which nothing needs afterwards. */
    String convInto(String accumulator, String input, int inputZero, Conv conv, int outputZero) {
        return text.line(("ops.onednn.qconv2d_pointwise(%s, %s, %s, %s, 1.0, %d, None, 1.0, %d,"
                        + " \"sum\", 1.0, \"none\", %s, \"\")")
                .formatted(
                        packed(input, inputZero, conv),
                        accumulator,
                        conv.bias,
                        conv.movement(),
                        outputZero,
                        outputZero,
                        ProgramText.noScalars()));
    }

    /** The first arguments of either operator: the input and the weights, which are packed when the program is loaded. */
    private String packed(String input, int inputZero, Conv conv) {
        text.prepare(
                conv.kernel,
                "ops.onednn.qconv_prepack(%s, %s, 1.0, %d, %s, %s)"
                        .formatted(
                                conv.kernel, conv.scales, inputZero, conv.movement(), ProgramText.batchOf(conv.input)));
        return "%s, 1.0, %d, %s, %s, %s".formatted(input, inputZero, conv.kernel, conv.scales, conv.zeros);
    }

    String relu(String input, int zero) {
        return text.line("torch.clamp_min(%s, %d)".formatted(input, zero));
    }

    /** As {@link ProgramText#maxPool}; that operator overflows on uint8. */
    String maxPool(String input, int paddingRows, int paddingColumns, boolean roundUp) {
        String quantized = "torch._make_per_tensor_quantized_tensor(%s, 1.0, 0)".formatted(input);
        return text.line("torch.int_repr(torch.quantized_max_pool2d(%s, [3, 3], [2, 2], [%d, %d], [1, 1], %s))"
                .formatted(quantized, paddingRows, paddingColumns, roundUp ? "True" : "False"));
    }
}
