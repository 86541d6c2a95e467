/**
 * Compiles a bundle to a TorchScript archive.
 *
 * <p>{@code TorchScriptCompiler}, {@code QuantizedCompiler} and {@code ResizeProgram} are the ways in.
 */
package org.sparkxception.model.torchscript;
