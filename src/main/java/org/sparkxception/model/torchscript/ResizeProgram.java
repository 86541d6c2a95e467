package org.sparkxception.model.torchscript;

import org.sparkxception.model.Interpolation;

/**
 * The TorchScript program that resizes an image as Pillow does: it takes uint8 RGB (rows × columns × 3) and returns it in
 * another size. libtorch's antialiased operators on uint8 follow {@code libImaging/Resample.c} of Pillow.
 */
public final class ResizeProgram {
    private ResizeProgram() {}

    /** The archive of a program that resizes to this many rows and columns. */
    public static byte[] compile(Interpolation interpolation, int height, int width) {
        String size = "[" + height + ", " + width + "]";
        String resized =
                switch (interpolation) {
                    case NEAREST -> "torch._upsample_nearest_exact2d(v0, " + size + ", None, None)";
                    case BILINEAR -> "torch._upsample_bilinear2d_aa(v0, " + size + ", False, None, None)";
                    case BICUBIC -> "torch._upsample_bicubic2d_aa(v0, " + size + ", False, None, None)";
                };
        return new Archive()
                .write("  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n"
                        + "    v0 = torch.permute(torch.unsqueeze(x, 0), [0, 3, 1, 2])\n"
                        + "    v1 = " + resized + "\n"
                        + "    return torch.contiguous(torch.permute(torch.squeeze(v1, 0), [1, 2, 0]))\n");
    }
}
