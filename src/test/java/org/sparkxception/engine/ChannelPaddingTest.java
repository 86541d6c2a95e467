package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.TestModels;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.QuantizedCompiler;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** Programs for a CPU that multiplies blocks of channels, on whatever CPU there is: 62 channels are stored as 64, and 126 as 128. */
class ChannelPaddingTest {
    private static final int BLOCK = 32;
    private static final int IMAGES = 3;

    private final byte[] pixels = new byte[32 * 32 * 3];

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "PORTABLE"})
    void channelsOfZerosChangeNoOutput(OperatorSet dialect) throws Exception {
        ModelBundle model = model();

        float[] plain = outputs(out -> TorchScriptCompiler.compile(model, dialect, Precision.FP32, 1, List.of(), out));
        float[] wide =
                outputs(out -> TorchScriptCompiler.compile(model, dialect, Precision.FP32, BLOCK, List.of(), out));

        assertThat(NetworkLoader.largestDifference(plain, wide)).isLessThan(1e-5f);
    }

    @Test
    void nothingIsRoundedOtherwiseIn8Bits() throws Exception {
        ModelBundle model = model();
        new Random(5).nextBytes(pixels);
        Calibration calibration;
        try (ScoringModel exact = ScoringModel.load(model, Precision.FP32, Device.cpu(), false)) {
            calibration = Calibrator.calibrate(model, exact, List.of(pixels));
        }

        float[] plain = outputs(out -> QuantizedCompiler.compile(model, calibration, 1, List.of(), out));
        float[] wide = outputs(out -> QuantizedCompiler.compile(model, calibration, BLOCK, List.of(), out));

        assertThat(NetworkLoader.largestDifference(plain, wide)).isLessThan(1e-5f);
    }

    @Test
    void aMatrixUnitTakesThirtyTwoChannelsBelowFloat32() {
        CpuFeatures withTiles = CpuFeatures.of(List.of("flags : avx512_bf16 avx512_vnni amx_bf16 amx_tile amx_int8"));
        CpuFeatures without = CpuFeatures.of(List.of("flags : avx512_bf16 avx512_vnni"));

        assertThat(withTiles.channelBlock(Precision.BF16)).isEqualTo(32);
        assertThat(withTiles.channelBlock(Precision.INT8)).isEqualTo(32);
        assertThat(withTiles.channelBlock(Precision.FP32)).isEqualTo(1);
        assertThat(without.channelBlock(Precision.BF16)).isEqualTo(1);
    }

    private static ModelBundle model() throws Exception {
        return TestModels.random(7, List.of(8, 16), List.of(62, 126), 126, List.of(62, 40));
    }

    private float[] outputs(TorchProgram.Compilation compilation) throws Exception {
        ByteBuffer images = ByteBuffer.allocateDirect(IMAGES * pixels.length);
        byte[] values = new byte[images.capacity()];
        new Random(6).nextBytes(values);
        images.put(values).flip();
        try (TorchProgram program = TorchProgram.loadNetwork(compilation, Device.cpu());
                NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor();
                NDArray input = manager.create(images, new Shape(IMAGES, 32, 32, 3), DataType.UINT8);
                NDList output = predictor.predict(new NDList(input))) {
            return output.get(0).toFloatArray();
        }
    }
}
