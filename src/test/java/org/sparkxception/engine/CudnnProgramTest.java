package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkxception.ZipBytes.unzip;
import static org.sparkxception.ZipBytes.zip;

import ai.djl.Device;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.LongTest;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** The program for GPUs, as far as a machine without one can tell: libtorch knows its operators and what they take. */
@LongTest
class CudnnProgramTest {
    private static final String CODE = "spark-xception/code/__torch__.py";

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16", "FP16"})
    void libtorchLoadsTheProgram(Precision precision) throws Exception {
        byte[] archive = compiled(BundleStore.bundled(), OperatorSet.CUDNN, precision);

        try (TorchProgram program = TorchProgram.load(archive, Device.cpu())) {
            assertThat(program).isNotNull();
        }
    }

    /** With cuDNN's operator replaced by the two that it is made of, which a CPU has too. */
    @Test
    void theProgramGivesTheKnownOutputs() throws Exception {
        ModelBundle model = BundleStore.bundled();
        byte[] archive = compiled(model, OperatorSet.CUDNN, Precision.BF16);
        assertThat(code(archive)).contains("torch._addmm_activation(", "torch.addmm(");
        byte[] runnable = withCode(
                archive, code(archive).replaceAll("torch\\.cudnn_convolution_relu(.*)", "torch.relu(torch.conv2d$1)"));

        float[] outputs;
        try (TorchProgram program = TorchProgram.loadNetwork(out -> out.write(runnable), Device.cpu())) {
            outputs = NetworkLoader.probe(program, model);
        }

        assertThat(NetworkLoader.largestDifference(model.knownOutputs().orElseThrow(), outputs))
                .isLessThan(0.02f);
    }

    /** cuDNN is the faster there. */
    @Test
    void atFloat32ConvolutionsStayConvolutions() throws Exception {
        assertThat(code(compiled(BundleStore.bundled(), OperatorSet.CUDNN, Precision.FP32)))
                .contains("torch.cudnn_convolution_relu(")
                .doesNotContain("addmm");
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

        assertThat(code(compiled(fullSize, OperatorSet.PORTABLE, Precision.FP16)))
                .contains("torch.split(");
        assertThat(code(compiled(fullSize, OperatorSet.CUDNN, Precision.FP16)))
                .contains("torch.cudnn_convolution_relu(")
                .doesNotContain("torch.split(");
    }

    private static byte[] compiled(ModelBundle model, OperatorSet dialect, Precision precision) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TorchScriptCompiler.compile(model, dialect, precision, 1, List.of(), archive);
        return archive.toByteArray();
    }

    private static byte[] withCode(byte[] archive, String code) throws IOException {
        Map<String, byte[]> parts = unzip(archive);
        parts.put(CODE, code.getBytes(StandardCharsets.UTF_8));
        return zip(parts);
    }

    private static String code(byte[] archive) throws IOException {
        return new String(unzip(archive).get(CODE), StandardCharsets.UTF_8);
    }
}
