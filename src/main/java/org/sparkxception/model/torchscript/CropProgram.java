package org.sparkxception.model.torchscript;

import java.util.Map;
import org.sparkxception.model.Resize;

/**
 * timm's way to an image of the input size: the short side is resized by Pillow, the aspect kept, and the centre cut out.
 *
 * <p>Each pass cuts what it made. Where a side would become {@value #LONG} times as long as is needed, only the pixels that count are
 * looked at, and the pass is a product with a matrix of the weights that {@code precompute_coeffs} of Pillow's {@code
 * libImaging/Resample.c} gives them.
 *
 * <p>Source: {@code transforms_factory.py} of timm 1.0.31; {@code _compute_resized_output_size} and {@code center_crop} of
 * torchvision's {@code transforms/functional.py}, which rounds half to even and pads with zeros.
 */
final class CropProgram {
    private static final int LONG = 4;

    private static final String METHODS = """
              def forward(self: __torch__.M,
                x: Tensor) -> Tensor:
                h = torch.size(x, 0)
                w = torch.size(x, 1)
                rows = {short}
                columns = {short}
                if h <= w:
                  columns = int({short} * w / h)
                else:
                  rows = int({short} * h / w)
                top, bottom = (self).needed(h, rows)
                left, right = (self).needed(w, columns)
                image = torch.permute(torch.unsqueeze(x, 0), [0, 3, 1, 2])
                image = torch.slice(torch.slice(image, 2, top, bottom), 3, left, right)
                if (self).vertical_first(h, w, rows, columns):
                  between = (self).scale(image, 2, h, rows, top)
                  scaled = (self).scale(between, 3, w, columns, left)
                else:
                  between = (self).scale(image, 3, w, columns, left)
                  scaled = (self).scale(between, 2, h, rows, top)
                above = ({crop} - torch.size(scaled, 2)) // 2
                before = ({crop} - torch.size(scaled, 3)) // 2
                below = {crop} - torch.size(scaled, 2) - above
                after = {crop} - torch.size(scaled, 3) - before
                padded = torch.constant_pad_nd(scaled, [before, after, above, below], 0)
                return torch.contiguous(torch.permute(torch.squeeze(padded, 0), [1, 2, 0]))
              def cut(self: __torch__.M,
                size: int) -> int:
                extra = max(0, size - {crop})
                half = extra // 2
                return half + extra % 2 * (half % 2)
              def needed(self: __torch__.M,
                size: int,
                target: int) -> Tuple[int, int]:
                begin = 0
                end = size
                if target > {long} * {crop}:
                  step = size / target
                  reach = {support} * max(step, 1.0)
                  first = (self).cut(target)
                  begin = max(0, int((first + 0.5) * step - reach + 0.5))
                  end = min(size, int((first + {crop} - 0.5) * step + reach + 0.5))
                return (begin, end)
              def scale(self: __torch__.M,
                image: Tensor,
                axis: int,
                size: int,
                target: int,
                begin: int) -> Tensor:
                first = (self).cut(target)
                if target > {long} * {crop}:
                  step = size / target
                  middles = torch.mul(torch.add(torch.arange({crop}, dtype={float64}), first + 0.5), step)
                  places = torch.add(torch.arange(torch.size(image, axis), dtype={float64}), begin + 0.5)
                  distances = torch.abs(torch.sub(torch.unsqueeze(middles, 1), places))
                  d = torch.div(distances, max(step, 1.0))
                  kernel = {kernel}
                  weights = torch.to(torch.div(kernel, torch.sum(kernel, [1], True)), {float32})
                  values = torch.to(image, {float32})
                  if axis == 2:
                    sums = torch.matmul(weights, values)
                  else:
                    sums = torch.matmul(values, torch.t(weights))
                  result = torch.to(torch.clamp(torch.floor(torch.add(sums, 0.5)), 0, 255), {uint8})
                else:
                  if axis == 2:
                    shape = [target, torch.size(image, 3)]
                  else:
                    shape = [torch.size(image, 2), target]
                  whole = torch.{operator}(image, shape, False, None, None)
                  result = torch.narrow(whole, axis, first, min({crop}, target))
                return result
            """;

    private CropProgram() {}

    static String methods(Resize resize, int size) {
        return Template.fill(
                METHODS,
                Map.of(
                        "short",
                        (int) Math.floor(size / resize.cropPct()),
                        "crop",
                        size,
                        "long",
                        LONG,
                        "support",
                        Kernel.support(resize.interpolation()),
                        "kernel",
                        Kernel.of(resize.interpolation()),
                        "operator",
                        ResizeProgram.operator(resize.interpolation())));
    }
}
