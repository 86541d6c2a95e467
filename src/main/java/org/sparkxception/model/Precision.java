package org.sparkxception.model;

import java.util.Locale;

/** The numeric precision of the convolutions; the head is always computed in float32. */
public enum Precision {
    FP32,
    /** bfloat16 with sums in float32. Fast on CPUs that support it (AVX-512 BF16, AMX, Arm BF16). */
    BF16,
    /** IEEE half precision; GPUs only. */
    FP16,
    /** 8-bit integers with sums in 32 bits; CPUs only. Requires a {@link Calibration}. */
    INT8;

    /** Returns the name in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
