package org.sparkxception.model.torchscript;

import java.util.Map;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Resize;

/**
 * Resizing with filters that widen when downscaling: Pillow's, TensorFlow's with antialiasing, and timm's resize of the short side with
 * a center crop. There is one pass per direction, which computes only the pixels that are kept; a pixel is a weighted sum of rows,
 * computed by {@code embedding_bag} at the speed of memory. A direction whose length does not change needs no pass.
 *
 * <p>libtorch's own operators on uint8 use integer weights like Pillow, and so round halves, which are frequent when upscaling, in the
 * same way: they are used for bilinear. {@code _upsample_bicubic2d_aa} is off by two levels in a few values per million; it is used to
 * downscale images of more than {@value #LARGE} pixels, because it needs no copy in float32.
 *
 * <p>Source: {@code libImaging/Resample.c} of Pillow 13 ({@code precompute_coeffs}; {@code ImagingResampleInner} for the order of the
 * passes, which matters because Pillow rounds in between); {@code scale_and_translate_op.cc} of TensorFlow; {@code
 * transforms_factory.py} of timm 1.0.31; {@code _compute_resized_output_size} and {@code center_crop} of torchvision's {@code
 * transforms/functional.py}, which rounds half to even and pads with zeros.
 */
final class FilterProgram {
    private static final int LARGE = 2_000_000;

    /** If the target of a side exceeds the crop by more than this factor, the image is cut first, to limit memory. */
    private static final int LONG = 4;

    private static final String FORWARD = """
              def forward(self: __torch__.M,
                x: Tensor) -> Tensor:
                h = torch.size(x, 0)
                w = torch.size(x, 1)
                rows, columns = (self).target(h, w)
                top, bottom = (self).needed(h, rows, {height})
                left, right = (self).needed(w, columns, {width})
                image = torch.slice(torch.slice(x, 0, top, bottom), 1, left, right)
                if (h - rows > 0) and (h - rows > (w - columns) * 2):
                  between = (self).scale(image, 0, h, rows, {height}, top)
                  scaled = (self).scale(between, 1, w, columns, {width}, left)
                else:
                  between = (self).scale(image, 1, w, columns, {width}, left)
                  scaled = (self).scale(between, 0, h, rows, {height}, top)
                missing_rows = {height} - torch.size(scaled, 0)
                missing_columns = {width} - torch.size(scaled, 1)
                above = missing_rows // 2
                before = missing_columns // 2
                margins = [0, 0, before, missing_columns - before, above, missing_rows - above]
                return torch.contiguous(torch.constant_pad_nd(scaled, margins, 0))
              def cut(self: __torch__.M,
                target: int,
                crop: int) -> int:
                extra = max(0, target - crop)
                half = extra // 2
                return half + extra % 2 * (half % 2)
              def needed(self: __torch__.M,
                size: int,
                target: int,
                crop: int) -> Tuple[int, int]:
                begin = 0
                end = size
                if target > {long} * crop:
                  step = size / target
                  reach = {support} * max(step, 1.0)
                  first = (self).cut(target, crop)
                  begin = max(0, int((first + 0.5) * step - reach + 0.5))
                  end = min(size, int((first + crop - 0.5) * step + reach + 0.5))
                return (begin, end)
            """;

    private static final String STRETCH = """
              def target(self: __torch__.M,
                h: int,
                w: int) -> Tuple[int, int]:
                return ({height}, {width})
            """;

    private static final String SHORT_SIDE = """
              def target(self: __torch__.M,
                h: int,
                w: int) -> Tuple[int, int]:
                rows = {short}
                columns = {short}
                if h <= w:
                  columns = int({short} * w / h)
                else:
                  rows = int({short} * h / w)
                return (rows, columns)
            """;

    private static final String SCALE = """
              def scale(self: __torch__.M,
                image: Tensor,
                axis: int,
                size: int,
                target: int,
                crop: int,
                begin: int) -> Tensor:
                first = (self).cut(target, crop)
                count = min(crop, target)
                if target == size and count == target:
                  result = {unchanged}
                else:
                  if {by_operator}:
                    shape = [torch.size(image, 0), torch.size(image, 1)]
                    shape[axis] = target
                    planes = torch.permute(torch.unsqueeze(image, 0), [0, 3, 1, 2])
                    whole = torch._upsample_{interpolation}2d_aa(planes, shape, False, None, None)
                    result = torch.narrow(torch.permute(torch.squeeze(whole, 0), [1, 2, 0]), axis, first, count)
                  else:
                    result = (self).add_up(image, axis, size, target, first, count, begin)
                return result
              def add_up(self: __torch__.M,
                image: Tensor,
                axis: int,
                size: int,
                target: int,
                first: int,
                count: int,
                begin: int) -> Tensor:
                step = size / target
                widening = max(step, 1.0)
                reach = {support} * widening
                taps = int(2 * reach) + 1
                middles = torch.mul(torch.add(torch.arange(count, dtype={float64}), first + 0.5), step)
                middles = torch.unsqueeze(middles, 1)
                lowest = torch.floor(torch.add(torch.sub(middles, reach), 0.5))
                places = torch.add(lowest, torch.arange(taps, dtype={float64}))
                d = torch.div(torch.abs(torch.sub(torch.add(places, 0.5), middles)), widening)
                inside = torch.logical_and(torch.ge(places, 0), torch.lt(places, size))
                kernel = torch.mul({kernel}, inside)
                weights = torch.to(torch.div(kernel, torch.sum(kernel, [1], True)), {float32})
                pixels = torch.clamp(torch.sub(places, begin), 0, torch.size(image, axis) - 1)
                moved = torch.transpose(image, 0, axis)
                table = torch.reshape(torch.to(torch.contiguous(moved), {float32}), [torch.size(moved, 0), -1])
                bags = torch.arange(0, count * taps, taps)
                indices = torch.flatten(torch.to(pixels, {int64}))
                sums, a, b, c = torch.embedding_bag(table, indices, bags, False, 0, False, torch.flatten(weights))
                values = {values}
                return torch.transpose(torch.reshape(values, [count, torch.size(moved, 1), 3]), 0, axis)
            """;

    private static final String ROUNDED = "torch.to(torch.clamp(torch.floor(torch.add(sums, 0.5)), 0, 255), {uint8})";

    private static final String LARGE_BY_OPERATOR =
            "(torch.size(image, 0) * torch.size(image, 1) > {large}) and (target < size)";

    private static final String WHOLE_BY_OPERATOR = "torch.size(image, axis) == size";

    private FilterProgram() {}

    private static String byOperator(Resize resize) {
        if (resize.hasFractions()) {
            return "False";
        }
        return resize.interpolation() == Interpolation.BILINEAR ? WHOLE_BY_OPERATOR : LARGE_BY_OPERATOR;
    }

    static String methods(Resize resize, int height, int width) {
        String target =
                switch (resize.fit()) {
                    case STRETCH -> STRETCH;
                    case SHORT_SIDE_AND_CROP -> SHORT_SIDE;
                };
        return Template.fill(
                FORWARD + target + SCALE,
                Map.ofEntries(
                        Map.entry("height", height),
                        Map.entry("width", width),
                        Map.entry("short", (int) Math.floor(height / resize.cropPct())),
                        Map.entry("long", LONG),
                        Map.entry("large", LARGE),
                        Map.entry("by_operator", byOperator(resize)),
                        Map.entry("interpolation", resize.interpolation().label()),
                        Map.entry("support", Kernel.support(resize.interpolation())),
                        Map.entry("kernel", Kernel.of(resize.interpolation())),
                        Map.entry("unchanged", resize.hasFractions() ? "torch.to(image, {float32})" : "image"),
                        Map.entry("values", resize.hasFractions() ? "sums" : ROUNDED)));
    }
}
