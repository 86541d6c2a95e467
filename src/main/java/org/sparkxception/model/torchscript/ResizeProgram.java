package org.sparkxception.model.torchscript;

import java.util.Map;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Resize;

/**
 * The TorchScript program that makes an image of any size one of the network's input size: it takes uint8 RGB (rows × columns × 3)
 * and returns uint8 or, if the resize has fractions, float32.
 */
public final class ResizeProgram {
    /**
     * The pass that comes first shows where a cubic filter overshoots, because Pillow rounds in between; and it bounds the memory
     * that extreme aspects need. Source: {@code ImagingResampleInner} of {@code libImaging/Resample.c}, Pillow 13.
     */
    private static final String VERTICAL_FIRST = """
              def vertical_first(self: __torch__.M,
                h: int,
                w: int,
                rows: int,
                columns: int) -> bool:
                return (h - rows > 0) and (h - rows > (w - columns) * 2)
            """;

    /**
     * libtorch's antialiased operators are Pillow's {@code libImaging/Resample.c} on uint8, and TensorFlow's {@code
     * scale_and_translate_op.cc} on float32. Where a side stays as it is, they work on the other only.
     */
    private static final String ANTIALIASED = """
              def forward(self: __torch__.M,
                x: Tensor) -> Tensor:
                image = torch.permute(torch.unsqueeze(x, 0), [0, 3, 1, 2])
                values = {values}
                h = torch.size(x, 0)
                w = torch.size(x, 1)
                if (self).vertical_first(h, w, {rows}, {columns}):
                  size = [{rows}, w]
                else:
                  size = [h, {columns}]
                between = torch.{operator}(values, size, False, None, None)
                scaled = torch.{operator}(between, [{rows}, {columns}], False, None, None)
                return torch.contiguous(torch.permute(torch.squeeze(scaled, 0), [1, 2, 0]))
            """;

    private ResizeProgram() {}

    /** The archive of a program that resizes to this many rows and columns. */
    public static byte[] compile(Resize resize, int rows, int columns) {
        String methods;
        if (resize.fit() == Resize.Fit.SHORT_SIDE_AND_CROP) {
            methods = VERTICAL_FIRST + CropProgram.methods(resize, rows);
        } else if (resize.antialias()) {
            methods = VERTICAL_FIRST + antialiased(resize, rows, columns);
        } else if (resize.interpolation() == Interpolation.NEAREST) {
            methods = NearestProgram.methods(resize.library(), rows, columns);
        } else {
            methods = SamplingProgram.methods(resize.interpolation(), rows, columns);
        }
        return new Archive().write(methods);
    }

    private static String antialiased(Resize resize, int rows, int columns) {
        String floats = Template.fill("torch.contiguous(torch.to(image, {float32}))", Map.of());
        return Template.fill(
                ANTIALIASED,
                Map.of(
                        "values",
                        resize.hasFractions() ? floats : "image",
                        "operator",
                        operator(resize.interpolation()),
                        "rows",
                        rows,
                        "columns",
                        columns));
    }

    static String operator(Interpolation interpolation) {
        return "_upsample_" + interpolation.label() + "2d_aa";
    }
}
