package org.sparkxception.model;

import java.util.Locale;

/** In what numbers the convolutions are computed; the head is always float32. */
public enum Precision {
    FP32,
    /** bfloat16, with sums in float32. Fast on CPUs that have it (AVX-512 BF16, AMX, Arm BF16). */
    BF16,
    /** IEEE half precision, for GPUs. */
    FP16,
    /** 8-bit integers with sums in 32 bits, after a {@link Calibration}, on CPUs. */
    INT8;

    /** The name in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
