package org.sparkxception.inference;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Program;
import org.sparkxception.model.Resize;
import org.sparkxception.model.Xception;
import org.sparkxception.model.torchscript.Dialect;
import org.sparkxception.model.torchscript.ResizeProgram;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/**
 * A model as an executor holds it: compiled for one device and loaded in libtorch, with the program that resizes its inputs.
 * On the CPU the fused program runs, if its outputs are those of the portable one; a user's own program runs as it is.
 */
final class ScoringModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringModel.class);
    static final float TOLERANCE = 1e-3f;
    private static final int PROBE_IMAGES = 2;

    private final TorchProgram network;
    private final TorchProgram resize;
    private final DataType inputType;
    private final int height;
    private final int width;
    private final List<String> labels;
    private final boolean fallback;

    private ScoringModel(ModelBundle bundle, TorchProgram network, boolean fallback) {
        this.network = network;
        this.fallback = fallback;
        this.height = bundle.network().inputHeight();
        this.width = bundle.network().inputWidth();
        this.labels = bundle.labels();
        Resize kind = bundle.preprocessing().resize();
        this.inputType = kind.hasFractions() ? DataType.FLOAT32 : DataType.UINT8;
        this.resize = TorchProgram.load(ResizeProgram.compile(kind, height, width), Device.cpu());
    }

    /**
     * Loads a model.
     *
     * @param embedding whether the program returns the embedding too; of a model without classes it returns nothing else
     * @throws UserException (exit code 6) if libtorch cannot run the model on the device
     */
    static ScoringModel load(ModelBundle bundle, Device device, boolean embedding) {
        boolean hasClasses = !bundle.labels().isEmpty();
        List<String> extraOutputs = embedding && hasClasses ? List.of(Xception.EMBEDDING) : List.of();
        try {
            if (bundle.network() instanceof Program) {
                return new ScoringModel(bundle, loadProgram(bundle, device), false);
            }
            TorchProgram portable = load(bundle, Dialect.PORTABLE, extraOutputs, device);
            if (device.isGpu()) {
                return new ScoringModel(bundle, portable, false);
            }
            return fusedIfEqual(bundle, extraOutputs, portable);
        } catch (IOException e) {
            throw new UncheckedIOException("the model's weights are damaged", e);
        } catch (TranslateException | RuntimeException e) {
            throw new UserException(
                    ExitCode.MODEL, "the model cannot be loaded on " + device + ": " + TorchFault.sentence(e), e);
        }
    }

    /** A user's own program, with what stands around it. */
    static TorchProgram loadProgram(ModelBundle bundle, Device device) {
        return TorchProgram.load(bundle.contents(), device, new ProgramTranslator(bundle));
    }

    private static ScoringModel fusedIfEqual(ModelBundle bundle, List<String> extraOutputs, TorchProgram portable)
            throws IOException, TranslateException {
        List<float[]> expected = probe(portable, bundle.architecture());
        try {
            TorchProgram fused = load(bundle, Dialect.FUSED, extraOutputs, Device.cpu());
            float difference = largestDifference(expected, probe(fused, bundle.architecture()));
            if (difference <= TOLERANCE) {
                portable.close();
                return new ScoringModel(bundle, fused, false);
            }
            fused.close();
            LOG.warn(
                    "the fused program's outputs differ by {}: the portable program is used, which is slower",
                    difference);
        } catch (TranslateException | RuntimeException e) {
            LOG.warn("the fused program does not run here: the portable program is used, which is slower", e);
        }
        return new ScoringModel(bundle, portable, true);
    }

    private static TorchProgram load(ModelBundle bundle, Dialect dialect, List<String> extraOutputs, Device device)
            throws IOException, TranslateException {
        return TorchProgram.loadNetwork(
                TorchScriptCompiler.compile(bundle, dialect, org.sparkxception.model.Precision.FP32, extraOutputs),
                device);
    }

    /** The outputs for two fixed images: stripes that differ in every channel. */
    private static List<float[]> probe(TorchProgram program, Architecture architecture) throws TranslateException {
        Shape shape =
                new Shape(PROBE_IMAGES, architecture.inputHeight(), architecture.inputWidth(), Architecture.CHANNELS);
        ByteBuffer pixels = ByteBuffer.allocateDirect(Math.toIntExact(shape.size()));
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) (i * 31 + (i >> 9) * 17));
        }
        try (NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor();
                NDList output = predictor.predict(new NDList(manager.create(pixels, shape, DataType.UINT8)))) {
            return output.stream().map(NDArray::toFloatArray).toList();
        }
    }

    private static float largestDifference(List<float[]> expected, List<float[]> actual) {
        float difference = 0;
        for (int i = 0; i < expected.size(); i++) {
            difference = Math.max(difference, largestDifference(expected.get(i), actual.get(i)));
        }
        return difference;
    }

    /** Relative to the largest of the values where these are large. */
    static float largestDifference(float[] expected, float[] actual) {
        float largest = 1;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            float distance = Math.abs(expected[i] - actual[i]);
            difference = distance <= Float.MAX_VALUE ? Math.max(difference, distance) : Float.MAX_VALUE;
        }
        return difference / largest;
    }

    /** Whether the portable program runs where the fused one should. */
    boolean isFallback() {
        return fallback;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    List<String> labels() {
        return labels;
    }

    BatchPredictor newPredictor(int batchSize) {
        return new BatchPredictor(network, batchSize, height(), width(), inputType, !labels.isEmpty());
    }

    ImageResizer newResizer() {
        return new ImageResizer(resize);
    }

    @Override
    public void close() {
        network.close();
        resize.close();
    }
}
