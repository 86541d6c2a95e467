package org.sparkxception.model.torchscript;

import org.sparkxception.model.Interpolation;

/**
 * The TorchScript program that resizes an image as Pillow does: it takes uint8 RGB (rows × columns × 3) and returns it in
 * another size. libtorch's antialiased operators on uint8 follow {@code libImaging/Resample.c} of Pillow; the nearest pixel is
 * found as {@code ImagingScaleAffine} of {@code libImaging/Geometry.c} finds it, adding up steps in double precision.
 */
public final class ResizeProgram {
    private static final int FLOAT64 = 7;
    private static final int INT64 = 4;

    private ResizeProgram() {}

    /** The archive of a program that resizes to this many rows and columns. */
    public static byte[] compile(Interpolation interpolation, int height, int width) {
        String body =
                switch (interpolation) {
                    case NEAREST -> nearest(0, height, "x", "rows") + nearest(1, width, "rows", "resized");
                    case BILINEAR -> antialiased("bilinear", height, width);
                    case BICUBIC -> antialiased("bicubic", height, width);
                };
        return new Archive()
                .write("  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n" + body
                        + "    return torch.contiguous(resized)\n");
    }

    private static String antialiased(String kernel, int height, int width) {
        return """
                    image = torch.permute(torch.unsqueeze(x, 0), [0, 3, 1, 2])
                    scaled = torch._upsample_%s2d_aa(image, [%d, %d], False, None, None)
                    resized = torch.permute(torch.squeeze(scaled, 0), [1, 2, 0])
                """.formatted(kernel, height, width);
    }

    private static String nearest(int axis, int target, String from, String to) {
        return """
                    size{axis} = torch.size({from}, {axis})
                    step{axis} = torch.div(size{axis}, {target})
                    first{axis} = torch.full([1], torch.mul(step{axis}, 0.5), dtype={double})
                    next{axis} = torch.full([{rest}], step{axis}, dtype={double})
                    places{axis} = torch.cumsum(torch.cat([first{axis}, next{axis}], 0), 0)
                    index{axis} = torch.clamp(torch.to(torch.floor(places{axis}), {long}), 0, torch.sub(size{axis}, 1))
                    {to} = torch.index_select({from}, {axis}, index{axis})
                """.replace("{axis}", String.valueOf(axis))
                .replace("{target}", String.valueOf(target))
                .replace("{rest}", String.valueOf(target - 1))
                .replace("{from}", from)
                .replace("{to}", to)
                .replace("{double}", String.valueOf(FLOAT64))
                .replace("{long}", String.valueOf(INT64));
    }
}
