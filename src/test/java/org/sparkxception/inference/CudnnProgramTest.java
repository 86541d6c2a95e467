package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.torchscript.Dialect;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** The program for GPUs, as far as a machine without one can tell: libtorch knows its operators and what they take. */
class CudnnProgramTest {
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16", "FP16"})
    void libtorchLoadsTheProgram(Precision precision) throws Exception {
        byte[] archive = compiled(BundleStore.bundled(), Dialect.CUDNN, precision);

        try (TorchProgram program = TorchProgram.load(archive, Device.cpu())) {
            assertThat(program).isNotNull();
        }
    }

    /** A batch of 64 in pairs is 601 convolutions instead of 74: on an H200 3,031 instead of 4,826 images a second. */
    @Test
    void aGpuIsGivenWholeBatchesAndReluWithTheConvolution(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("xception.h5");
        FormulaWeights.writePublished(file);
        ModelBundle fullSize = ModelBundle.of(
                KerasFile.readHdf(file, new InputSize(Optional.empty())),
                Preprocessing.keras(Interpolation.NEAREST),
                Collections.nCopies(1000, "class"));

        assertThat(code(compiled(fullSize, Dialect.PORTABLE, Precision.FP16))).contains("torch.split(");
        assertThat(code(compiled(fullSize, Dialect.CUDNN, Precision.FP16)))
                .contains("torch.cudnn_convolution_relu(")
                .doesNotContain("torch.split(");
    }

    private static byte[] compiled(ModelBundle model, Dialect dialect, Precision precision) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TorchScriptCompiler.compile(model, dialect, precision, 1, List.of(), archive);
        return archive.toByteArray();
    }

    private static String code(byte[] archive) throws IOException {
        try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (entry.getName().endsWith("__torch__.py")) {
                    return new String(entries.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        throw new IllegalStateException("the archive has no code");
    }
}
