package org.sparkxception.model.torchscript;

import org.sparkxception.model.FeatureMap;

/**
 * The 8-bit lines of a program: maps are plain uint8 tensors in channels-last memory format, and all scales are in the weights.
 *
 * <p>Source of the operators: {@code aten/src/ATen/native/quantized/library.cpp} and {@code cpu/qconv.cpp} of PyTorch 2.7.1.
 */
final class QuantizedText {
    private static final int UINT8 = 0;
    private static final int FLOAT32 = 6;

    private final ProgramText text;

    /** The arguments of a convolution: its weights, geometry and input shape. */
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

    /**
     * Converts images × rows × columns × channels to uint8, images × channels × rows × columns, in channels-last memory format.
     *
     * @param fractions whether the images are float32 and must be rounded
     */
    String input(boolean fractions) {
        String pixels = fractions
                ? "torch.to(torch.clamp(torch.round(%s), 0, 255), %d)".formatted(text.images(), UINT8)
                : text.images();
        return text.line("torch.permute(%s, [0, 3, 1, 2])".formatted(pixels));
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

    /** Adds a convolution to an 8-bit map with the same quantization, which is overwritten. */
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

    /** The first arguments of both operators: the input, and the weights, which are packed when the program is loaded. */
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

    /**
     * Replaces {@link ProgramText#maxPool}, whose operator overflows on uint8: the maximum of three rows with stride 2, then of three columns.
     *
     * @param map the shape of the input
     */
    String maxPool(String input, FeatureMap map, int paddingRows, int paddingColumns) {
        return largestOfThree(largestOfThree(input, 2, map.height(), paddingRows), 3, map.width(), paddingColumns);
    }

    /** The maximum along an axis. With padding before the first cell, a window is an even cell and its neighbors; without, an odd one. */
    private String largestOfThree(String input, int axis, int size, int padding) {
        int windows = (size + 1) / 2;
        String even = everySecond(input, axis, 0);
        String odd = everySecond(input, axis, 1);
        String result = text.line("torch.clone(%s)".formatted(even));
        raise(part(result, axis, 0, size / 2), odd);
        if (padding == 1) {
            raise(part(result, axis, 1, windows), part(odd, axis, 0, windows - 1));
        } else {
            raise(part(result, axis, 0, windows - 1), part(even, axis, 1, windows));
        }
        return result;
    }

    private String everySecond(String input, int axis, int first) {
        return text.line("torch.slice(%s, %d, %d, None, 2)".formatted(input, axis, first));
    }

    private String part(String input, int axis, int from, int to) {
        return text.line("torch.slice(%s, %d, %d, %d)".formatted(input, axis, from, to));
    }

    /** Raises the values of a part of a map to at least those of another map. */
    private void raise(String part, String least) {
        text.line("torch.maximum(%s, %s, out=%s)".formatted(part, least, part));
    }
}
