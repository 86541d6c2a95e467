/**
 * Compiles bundles to TorchScript archives.
 *
 * <p>The entry points are {@code TorchScriptCompiler}, {@code QuantizedCompiler} and {@code ResizeProgram}.
 */
package org.sparkxception.model.torchscript;
