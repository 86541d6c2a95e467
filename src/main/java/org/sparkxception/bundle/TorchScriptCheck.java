package org.sparkxception.bundle;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Random;
import org.sparkxception.engine.BatchPredictor;
import org.sparkxception.engine.NetworkLoader;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.engine.TorchFault;
import org.sparkxception.engine.TorchProgram;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Network;
import org.sparkxception.model.TorchScriptNetwork;

/** Runs a TorchScript program on synthetic images on the CPU, so that its errors are reported by the import and not by a job. */
public final class TorchScriptCheck {
    private static final float SUM_TOLERANCE = 1e-3f;

    private final Network network;
    private final BatchPredictor predictor;

    private TorchScriptCheck(ModelBundle bundle, TorchProgram program) {
        network = bundle.network();
        predictor = new BatchPredictor(program, 2, network.inputHeight(), network.inputWidth(), DataType.UINT8, true);
    }

    /**
     * Runs the program of a bundle, whose code must be trusted.
     *
     * @return the number of outputs per image: as specified by the bundle, or one if that specifies two classes
     * @throws IllegalArgumentException if the outputs for an image are not finite, depend on the other images of the batch, or are not
     *     of the specified kind
     */
    public static int run(ModelBundle bundle) {
        TorchEngine.prepareThread(Runtime.getRuntime().availableProcessors());
        try (TorchProgram program = load(bundle)) {
            return new TorchScriptCheck(bundle, program).run();
        }
    }

    private static TorchProgram load(ModelBundle bundle) {
        try {
            return NetworkLoader.ofProgram(bundle, Device.cpu(), true);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("it cannot be loaded: " + TorchFault.sentence(e), e);
        }
    }

    private int run() {
        try (predictor) {
            byte[] first = noise(1);
            byte[] second = noise(2);
            float[] alone = outputs(
                    "it fails for an image of " + network.inputHeight() + "×" + network.inputWidth(), List.of(first));
            float[] together = outputs(
                    "it accepts one image, but not two (does it reshape to the batch size of its trace?)",
                    List.of(first, second));
            check(alone, together);
            return alone.length;
        }
    }

    private float[] outputs(String fault, List<byte[]> images) {
        try {
            return predictor.predict(images).get(0).logits();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(fault + ": " + TorchFault.sentence(e), e);
        }
    }

    private void check(float[] alone, float[] together) {
        float sum = 0;
        boolean between = true;
        for (float value : alone) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("its output for an image contains " + value);
            }
            sum += value;
            between &= value >= 0 && value <= 1;
        }
        if (NetworkLoader.largestDifference(alone, together) > NetworkLoader.TOLERANCE) {
            throw new IllegalArgumentException(
                    "its output for an image depends on the batch, or differs from call to call: call model.eval() before"
                            + " tracing it");
        }
        boolean logits = ((TorchScriptNetwork) network).outputs() == TorchScriptNetwork.Outputs.LOGITS;
        if (logits && between && alone.length > 1 && Math.abs(sum - 1) < SUM_TOLERANCE) {
            throw new IllegalArgumentException(
                    "its outputs are probabilities, which sum to 1: set `outputs` to probabilities");
        }
        if (!logits && !between) {
            throw new IllegalArgumentException(
                    "its outputs are not all from 0 to 1, so they are not probabilities: set `outputs` to logits");
        }
    }

    private byte[] noise(long seed) {
        byte[] pixels = new byte[network.inputHeight() * network.inputWidth() * Architecture.CHANNELS];
        new Random(seed).nextBytes(pixels);
        return pixels;
    }
}
