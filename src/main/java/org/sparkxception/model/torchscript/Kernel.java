package org.sparkxception.model.torchscript;

import org.sparkxception.model.Interpolation;

/** The filters of Pillow and TensorFlow, as expressions of a tensor {@code d} of non-negative distances in pixels. */
final class Kernel {
    private static final String TRIANGLE = "torch.clamp_min(torch.rsub(d, 1), 0)";

    /** Keys' cubic with a = -0.5: {@code bicubic_filter} of Pillow, {@code KeysCubicKernelFunc} of TensorFlow. */
    private static final String CUBIC = "torch.where(torch.lt(d, 1), (1.5 * d - 2.5) * d * d + 1,"
            + " torch.where(torch.lt(d, 2), ((-0.5 * d + 2.5) * d - 4) * d + 2, torch.zeros_like(d)))";

    private Kernel() {}

    /** The radius of the filter, in pixels. */
    static int support(Interpolation interpolation) {
        return interpolation == Interpolation.BICUBIC ? 2 : 1;
    }

    static String of(Interpolation interpolation) {
        return interpolation == Interpolation.BICUBIC ? CUBIC : TRIANGLE;
    }
}
