package org.sparkxception.engine;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.TorchScriptNetwork;
import org.sparkxception.model.Xception;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.QuantizedCompiler;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/**
 * Chooses the program that a network runs as on a device at a precision, and loads it. On the CPU that is the fused one, if its outputs
 * are those of the portable one; on a GPU that of cuDNN's operators; a user's own program runs as it is.
 */
public final class NetworkLoader {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkLoader.class);
    public static final float TOLERANCE = 1e-3f;

    /** GPUs round sums in other orders and may use shorter products. */
    private static final float TOLERANCE_OF_DEVICES = 1e-2f;

    /** How far is measured on the run's images; here only nonsense is found out. */
    private static final float TOLERANCE_OF_PRECISIONS = 0.5f;

    private static final int PROBE_IMAGES = 2;

    private final ModelBundle bundle;
    private final Precision precision;
    private final Device device;
    private final List<String> extraOutputs;

    /**
     * A program that is ready.
     *
     * @param fallback whether the portable program runs where the fused one should
     */
    record Loaded(TorchProgram program, boolean fallback) {}

    /** Throws if a program must not be used that has these outputs. */
    private interface Check {
        void of(float[] outputs) throws IOException;
    }

    private NetworkLoader(ModelBundle bundle, Precision precision, Device device, List<String> extraOutputs) {
        this.bundle = bundle;
        this.precision = precision;
        this.device = device;
        this.extraOutputs = extraOutputs;
    }

    /**
     * Loads a network.
     *
     * @param embedding whether the program returns the embedding too; of a model without classes it returns nothing else
     * @throws UserException (exit code 6) if libtorch cannot run it on the device, or the device has not the precision
     */
    static Loaded load(ModelBundle bundle, Precision precision, Device device, boolean embedding) {
        boolean hasClasses = !bundle.labels().isEmpty();
        NetworkLoader loader = new NetworkLoader(
                bundle, precision, device, embedding && hasClasses ? List.of(Xception.EMBEDDING) : List.of());
        try {
            return loader.load();
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    "the model cannot be compiled into a file in " + System.getProperty("java.io.tmpdir") + ": "
                            + e.getMessage() + ". Make room there, or name another directory with -Djava.io.tmpdir",
                    e);
        } catch (UserException e) {
            throw e;
        } catch (TranslateException | RuntimeException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    "the model cannot be loaded on " + device + (precision == Precision.FP32 ? "" : " in " + precision)
                            + ": " + TorchFault.sentence(e),
                    e);
        }
    }

    private Loaded load() throws IOException, TranslateException {
        if (bundle.network() instanceof TorchScriptNetwork) {
            return new Loaded(ofProgram(bundle, device, false), false);
        }
        if (device.isGpu()) {
            require(
                    precision != Precision.INT8,
                    "int8 is for CPUs, and this task has a GPU: use --precision fp16 or bf16");
            return fusedIfItRuns(OperatorSet.CUDNN);
        }
        return switch (precision) {
            case FP32 -> fusedIfEqual();
            case BF16 -> {
                if (CpuFeatures.ofThisMachine().lacksBf16()) {
                    LOG.warn("this CPU has no bfloat16 instructions: bf16 is slower here than fp32");
                }
                yield fusedIfItRuns(OperatorSet.FUSED);
            }
            case FP16 ->
                throw new UserException(
                        ExitCode.MODEL, "fp16 is for GPUs, and this task has none: use --precision bf16 or fp32");
            case INT8 -> {
                require(
                        !CpuFeatures.ofThisMachine().lacksInt8(),
                        "int8 needs a CPU with VNNI, which this one has not: use --precision fp32");
                yield new Loaded(quantized(), false);
            }
        };
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UserException(ExitCode.MODEL, otherwise);
        }
    }

    /** A user's own program, with what stands around it: see {@link TorchScriptTranslator}. */
    public static TorchProgram ofProgram(ModelBundle bundle, Device device, boolean trial) {
        return TorchProgram.load(bundle.contents(), device, new TorchScriptTranslator(bundle, trial));
    }

    private TorchProgram compiled(OperatorSet dialect) throws IOException, TranslateException {
        return TorchProgram.loadNetwork(
                out -> TorchScriptCompiler.compile(bundle, dialect, precision, channelBlock(), extraOutputs, out),
                device);
    }

    private TorchProgram quantized() throws IOException, TranslateException {
        Calibration calibration = bundle.calibration()
                .orElseThrow(() -> new UserException(
                        ExitCode.MODEL,
                        "int8 needs a calibrated model: import it with --calibrate, or let classify calibrate it"));
        TorchProgram program = TorchProgram.loadNetwork(
                out -> QuantizedCompiler.compile(bundle, calibration, channelBlock(), extraOutputs, out), device);
        return closeUnlessValid(program, NetworkLoader::requireFinite);
    }

    private int channelBlock() {
        return device.isGpu() ? 1 : CpuFeatures.ofThisMachine().channelBlock(precision);
    }

    /** The fused program, if it gives what is known, or, of a model of which nothing is, what the portable one gives here. */
    private Loaded fusedIfEqual() throws IOException, TranslateException {
        float[] expected = bundle.knownOutputs().orElseGet(() -> knownOutputs(bundle));
        return fusedOrPortable(OperatorSet.FUSED, outputs -> {
            float difference = largestDifference(expected, outputs);
            if (difference > TOLERANCE) {
                throw new IllegalStateException("its outputs differ by " + difference + " of the largest");
            }
        });
    }

    private Loaded fusedIfItRuns(OperatorSet dialect) throws IOException, TranslateException {
        return fusedOrPortable(
                dialect, bundle.knownOutputs().isPresent() ? this::requireKnown : NetworkLoader::requireFinite);
    }

    private Loaded fusedOrPortable(OperatorSet dialect, Check check) throws IOException, TranslateException {
        try {
            return new Loaded(closeUnlessValid(compiled(dialect), check), false);
        } catch (TranslateException | RuntimeException e) {
            LOG.warn("the fused program cannot be used here: the portable program is, which is slower", e);
        }
        return new Loaded(closeUnlessValid(compiled(OperatorSet.PORTABLE), this::requireKnown), true);
    }

    /** The program, if it runs and its outputs pass a check; else it takes no memory any more. */
    private TorchProgram closeUnlessValid(TorchProgram program, Check check) throws IOException, TranslateException {
        try {
            check.of(probe(program, bundle));
            return program;
        } catch (IOException | TranslateException | RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** A machine that computes something else, where it is known, must not score: nobody would see it in the results. */
    private void requireKnown(float[] outputs) throws IOException {
        Optional<float[]> known = bundle.knownOutputs();
        float difference = known.isPresent() ? largestDifference(known.get(), outputs) : 0;
        if (difference > (precision == Precision.FP32 ? TOLERANCE_OF_DEVICES : TOLERANCE_OF_PRECISIONS)) {
            throw new UserException(
                    ExitCode.MODEL,
                    String.format(
                            Locale.ROOT,
                            "on %s the model gives other outputs for known images than where it was imported: they differ by %.3g"
                                    + " of the largest. Check this machine and its libtorch, or import the model again",
                            device,
                            difference));
        }
    }

    private static void requireFinite(float[] outputs) {
        for (float value : outputs) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException("it gives " + value);
            }
        }
    }

    /**
     * What the portable program gives on this machine for the images that a machine is tried with: stripes that differ in every channel.
     *
     * @return the outputs of the first image, and then those of the second
     */
    public static float[] knownOutputs(ModelBundle bundle) {
        NetworkLoader loader = new NetworkLoader(bundle, Precision.FP32, Device.cpu(), List.of());
        try (TorchProgram program = loader.compiled(OperatorSet.PORTABLE)) {
            return probe(program, bundle);
        } catch (IOException | TranslateException e) {
            throw new IllegalStateException("the model that was put together cannot be run", e);
        }
    }

    /** What a program gives for the images that a machine is tried with. */
    static float[] probe(TorchProgram program, ModelBundle bundle) throws TranslateException {
        Shape shape = new Shape(
                PROBE_IMAGES, bundle.network().inputHeight(), bundle.network().inputWidth(), Architecture.CHANNELS);
        ByteBuffer pixels = ByteBuffer.allocateDirect(Math.toIntExact(shape.size()));
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) (i * 31 + (i >> 9) * 17));
        }
        try (NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor();
                NDList output = predictor.predict(new NDList(manager.create(pixels, shape, DataType.UINT8)))) {
            return output.get(0).toFloatArray();
        }
    }

    /** Relative to the largest of the values where these are large. */
    public static float largestDifference(float[] expected, float[] actual) {
        float largest = 1;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            float distance = Math.abs(expected[i] - actual[i]);
            difference = distance <= Float.MAX_VALUE ? Math.max(difference, distance) : Float.MAX_VALUE;
        }
        return difference / largest;
    }
}
