package org.sparkxception.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkxception.model.Precision;

/** Instruction set extensions of a CPU for lower precisions, by their names in Linux. */
final class CpuFeatures {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** The keys on x86 ("flags") and Arm ("Features"). */
    private static final Set<String> LISTS = Set.of("flags", "Features");

    private static final Set<String> BF16 = Set.of("avx512_bf16", "amx_bf16", "bf16");
    private static final Set<String> INT8 = Set.of("avx512_vnni", "avx_vnni", "amx_int8", "asimddp");

    private final Set<String> names;

    private CpuFeatures(Set<String> names) {
        this.names = names;
    }

    /** The features of this machine; empty if the system does not list them. */
    static CpuFeatures ofThisMachine() {
        try {
            return of(Files.readAllLines(CPU_INFO));
        } catch (IOException e) {
            return of(List.of());
        }
    }

    static CpuFeatures of(List<String> cpuInfo) {
        Set<String> names = new HashSet<>();
        for (String line : cpuInfo) {
            int colon = line.indexOf(':');
            if (colon > 0 && LISTS.contains(line.substring(0, colon).strip())) {
                names.addAll(Arrays.asList(line.substring(colon + 1).strip().split(" ")));
            }
        }
        return new CpuFeatures(names);
    }

    /** Whether the CPU is known to have no bfloat16 instructions; conversions to float32 are slower than float32 itself. */
    boolean lacksBf16() {
        return lacks(BF16);
    }

    /**
     * Whether the CPU is known to have no dot product of 8-bit integers: libtorch would accumulate pairs in 16 bits, which can overflow.
     *
     * <p>Source: oneDNN's "Nuances of int8 Computations".
     */
    boolean lacksInt8() {
        return lacks(INT8);
    }

    /**
     * Number of channels of a feature map that the CPU's matrix unit multiplies at once in this precision; 1 if it has no matrix unit.
     *
     * <p>Source: Intel's "Architecture Instruction Set Extensions Programming Reference", AMX: a row of a tile has 64 bytes.
     */
    int channelBlock(Precision precision) {
        boolean hasTiles = names.contains("amx_tile") && (precision == Precision.BF16 || precision == Precision.INT8);
        return hasTiles ? 32 : 1;
    }

    private boolean lacks(Set<String> wanted) {
        return !names.isEmpty() && wanted.stream().noneMatch(names::contains);
    }
}
