package org.sparkxception.model.torchscript;

import java.util.Map;
import org.sparkxception.model.Interpolation;

/**
 * TensorFlow's resize without antialiasing: each value is a weighted sum of the two or four nearest pixels in each direction, for any
 * scale. Pixels outside the image are ignored.
 *
 * <p>Source: {@code HalfPixelScaler} of {@code image_resizer_state.h}; {@code GetWeightsAndIndices} of {@code
 * resize_bicubic_op.cc}, which takes weights from a table of 1024 steps.
 */
final class SamplingProgram {
    private static final String FORWARD = """
              def forward(self: __torch__.M,
                x: Tensor) -> Tensor:
                return (self).sample((self).sample(x, 0, {rows}), 1, {columns})
              def sample(self: __torch__.M,
                x: Tensor,
                axis: int,
                target: int) -> Tensor:
                size = torch.size(x, axis)
                scaled = torch.mul(torch.add(torch.arange(target, dtype={float32}), 0.5), torch.div(size, target))
                places = torch.unsqueeze(torch.sub(scaled, 0.5), 1)
                below = torch.floor(places)
                taps = torch.add(below, torch.arange({first}, {last} + 1, dtype={float32}))
                fractions = {fractions}
                d = torch.abs(torch.sub(torch.add(below, fractions), taps))
                inside = torch.logical_and(torch.ge(taps, 0), torch.lt(taps, size))
                kernel = torch.mul({kernel}, inside)
                weights = torch.div(kernel, torch.sum(kernel, [1], True))
                pixels = torch.clamp(torch.to(taps, {int64}), 0, size - 1)
                shape = [1, 1, 1]
                shape[axis] = target
                lowest = torch.index_select(x, axis, torch.select(pixels, 1, 0))
                result = torch.mul(lowest, torch.reshape(torch.select(weights, 1, 0), shape))
                for i in range({last} - {first}):
                  tap = torch.index_select(x, axis, torch.select(pixels, 1, i + 1))
                  result = torch.add(result, torch.mul(tap, torch.reshape(torch.select(weights, 1, i + 1), shape)))
                return result
            """;

    private SamplingProgram() {}

    static String methods(Interpolation interpolation, int rows, int columns) {
        boolean cubic = interpolation == Interpolation.BICUBIC;
        String fractions = "torch.sub(places, below)";
        return Template.fill(
                FORWARD,
                Map.of(
                        "fractions",
                        cubic ? "torch.div(torch.round(torch.mul(" + fractions + ", 1024)), 1024)" : fractions,
                        "kernel",
                        Kernel.of(interpolation),
                        "first",
                        cubic ? -1 : 0,
                        "last",
                        cubic ? 2 : 1,
                        "rows",
                        rows,
                        "columns",
                        columns));
    }
}
