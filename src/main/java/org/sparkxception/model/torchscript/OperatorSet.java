package org.sparkxception.model.torchscript;

/** The operators that a program uses. */
public enum OperatorSet {
    /** The fused oneDNN operators of libtorch's CPU backend: convolution, bias, activation and residual sum in one operator. */
    FUSED,
    /** cuDNN's convolution with bias and ReLU in one operator; GPUs only. */
    CUDNN,
    /** Standard operators, for every device that libtorch supports. */
    PORTABLE;

    /**
     * Whether large feature maps are computed for a few images at a time, to fit into the caches of a CPU. A GPU needs complete batches: it
     * would be slowed down by many small operations.
     */
    boolean slices() {
        return this != CUDNN;
    }
}
