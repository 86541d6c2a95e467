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
 * Chooses and loads the program of a network for a device and a precision. On the CPU it is the fused program, if its outputs agree
 * with those of the portable program; on a GPU, the program with cuDNN's operators. A user's own TorchScript program runs unchanged.
 */
public final class NetworkLoader {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkLoader.class);
    public static final float TOLERANCE = 1e-3f;

    /** GPUs sum in a different order and can multiply in lower precision. */
    private static final float TOLERANCE_OF_DEVICES = 1e-2f;

    /** Detects only gross errors; the accuracy is measured on the images of the run. */
    private static final float TOLERANCE_OF_PRECISIONS = 0.5f;

    private static final int PROBE_IMAGES = 2;

    private final ModelBundle bundle;
    private final Precision precision;
    private final Device device;
    private final List<String> extraOutputs;

    /**
     * A loaded program.
     *
     * @param fallback whether the portable program replaces a fused program that does not work
     */
    record Loaded(TorchProgram program, boolean fallback) {}

    /** Checks the outputs of a program; throws if they are wrong. */
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
     * @param embedding whether the program also returns the embedding; for a model without classes, the embedding is the only output
     * @throws UserException (exit code 6) if libtorch cannot run it on the device, or the device does not support the precision
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
                    "cannot write the compiled model to " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage()
                            + ". Free space there, or set another directory with -Djava.io.tmpdir",
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
                    "int8 runs only on CPUs, but this task has a GPU: set `precision` to fp16 or bf16");
            return fusedIfItRuns(OperatorSet.CUDNN);
        }
        return switch (precision) {
            case FP32 -> fusedIfEqual();
            case BF16 -> {
                if (CpuFeatures.ofThisMachine().lacksBf16()) {
                    LOG.warn("this CPU has no bfloat16 instructions: bf16 is slower than fp32 here");
                }
                yield fusedIfItRuns(OperatorSet.FUSED);
            }
            case FP16 ->
                throw new UserException(
                        ExitCode.MODEL,
                        "fp16 runs only on GPUs, but this task has none: set `precision` to bf16 or fp32");
            case INT8 -> {
                require(
                        !CpuFeatures.ofThisMachine().lacksInt8(),
                        "int8 requires a CPU with VNNI, which this CPU does not have: set `precision` to fp32");
                yield new Loaded(quantized(), false);
            }
        };
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UserException(ExitCode.MODEL, otherwise);
        }
    }

    /**
     * Loads a user's own TorchScript program, with the pre- and postprocessing of {@link TorchScriptTranslator}.
     *
     * @param trial whether the program can have one output for two classes, because the number of outputs is not known yet
     */
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
                        "int8 requires a calibrated model: import it with `calibrate`, or let classify calibrate it"));
        TorchProgram program = TorchProgram.loadNetwork(
                out -> QuantizedCompiler.compile(bundle, calibration, channelBlock(), extraOutputs, out), device);
        return closeUnlessValid(program, NetworkLoader::requireFinite);
    }

    private int channelBlock() {
        return device.isGpu() ? 1 : CpuFeatures.ofThisMachine().channelBlock(precision);
    }

    /** The fused program, if its outputs agree with the reference outputs: those of the bundle, or of the portable program here. */
    private Loaded fusedIfEqual() throws IOException, TranslateException {
        float[] expected = bundle.knownOutputs().orElseGet(() -> knownOutputs(bundle));
        return fusedOrPortable(OperatorSet.FUSED, outputs -> {
            float difference = largestDifference(expected, outputs);
            if (difference > TOLERANCE) {
                throw new IllegalStateException("its outputs differ by " + difference + " of the largest output");
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
            LOG.warn("the fused program does not work here: using the portable program, which is slower", e);
        }
        return new Loaded(closeUnlessValid(compiled(OperatorSet.PORTABLE), this::requireKnown), true);
    }

    /** Returns the program if it runs and its outputs pass the check; otherwise closes it and throws. */
    private TorchProgram closeUnlessValid(TorchProgram program, Check check) throws IOException, TranslateException {
        try {
            check.of(probe(program, bundle));
            return program;
        } catch (IOException | TranslateException | RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** A machine that does not reproduce the reference outputs must not score: the results would not show the error. */
    private void requireKnown(float[] outputs) throws IOException {
        Optional<float[]> known = bundle.knownOutputs();
        float difference = known.isPresent() ? largestDifference(known.get(), outputs) : 0;
        if (difference > (precision == Precision.FP32 ? TOLERANCE_OF_DEVICES : TOLERANCE_OF_PRECISIONS)) {
            throw new UserException(
                    ExitCode.MODEL,
                    String.format(
                            Locale.ROOT,
                            "on %s, the model's outputs for the reference images differ by %.3g of the largest output"
                                    + " from those at its import. Check this machine and its libtorch, or import the"
                                    + " model again",
                            device,
                            difference));
        }
    }

    private static void requireFinite(float[] outputs) {
        for (float value : outputs) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException("its outputs contain " + value);
            }
        }
    }

    /**
     * Computes the reference outputs on this machine: those of the portable program for two synthetic images.
     *
     * @return the outputs for the first image, followed by those for the second
     */
    public static float[] knownOutputs(ModelBundle bundle) {
        NetworkLoader loader = new NetworkLoader(bundle, Precision.FP32, Device.cpu(), List.of());
        try (TorchProgram program = loader.compiled(OperatorSet.PORTABLE)) {
            return probe(program, bundle);
        } catch (IOException | TranslateException e) {
            throw new IllegalStateException("the assembled model cannot be run", e);
        }
    }

    /** Runs a program on the two reference images: stripes that differ in every channel. */
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

    /** The largest absolute difference, divided by the largest expected magnitude if that exceeds 1. */
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
