package org.sparkxception.model.torchscript;

/** Which operators a program is made of. */
public enum OperatorSet {
    /** The fused oneDNN operators of libtorch's CPU backend: convolution, bias, activation and residual sum in one. */
    FUSED,
    /** cuDNN's convolution with bias and ReLU in one, for GPUs alone. */
    CUDNN,
    /** Plain operators, for every device that libtorch has. */
    PORTABLE;

    /**
     * Whether large feature maps are computed for a few images at a time, for the sake of a CPU's caches. A GPU has to be given whole
     * batches: it would wait for the many small operations.
     */
    boolean slices() {
        return this != CUDNN;
    }
}
