package org.sparkxception.model.torchscript;

/** Which operators a program is made of. */
public enum Dialect {
    /** The fused oneDNN operators of libtorch's CPU backend: convolution, bias, activation and residual sum in one. */
    FUSED,
    /** Plain operators, for every device that libtorch has. */
    PORTABLE
}
