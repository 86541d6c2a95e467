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

/** Runs a user's program on made-up images on the CPU: what is wrong with it is said before it is a model, and not by a job. */
public final class TorchScriptCheck {
    private static final float SUM_TOLERANCE = 1e-3f;

    private final Network network;
    private final BatchPredictor predictor;

    private TorchScriptCheck(ModelBundle bundle, TorchProgram program) {
        network = bundle.network();
        predictor = new BatchPredictor(program, 2, network.inputHeight(), network.inputWidth(), DataType.UINT8, true);
    }

    /**
     * Tries the program of a bundle, whose code is trusted.
     *
     * @return how many values it gives of an image: as many as the bundle says, or one where that says two
     * @throws IllegalArgumentException if it does not give the same finite outputs for an image alone and beside another, or not
     *     of the kind that was said
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
                    "tried with an image of " + network.inputHeight() + "×" + network.inputWidth(), List.of(first));
            float[] together = outputs(
                    "it takes one image, but not two (does it reshape to as many as it was traced with?)",
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
                throw new IllegalArgumentException("it gives " + value + " for an image");
            }
            sum += value;
            between &= value >= 0 && value <= 1;
        }
        if (NetworkLoader.largestDifference(alone, together) > NetworkLoader.TOLERANCE) {
            throw new IllegalArgumentException(
                    "it gives other values for an image when another is beside it, or each time: call model.eval() before"
                            + " it is traced");
        }
        boolean logits = ((TorchScriptNetwork) network).outputs() == TorchScriptNetwork.Outputs.LOGITS;
        if (logits && between && alone.length > 1 && Math.abs(sum - 1) < SUM_TOLERANCE) {
            throw new IllegalArgumentException("it gives probabilities, which sum to 1: say --outputs probabilities");
        }
        if (!logits && !between) {
            throw new IllegalArgumentException(
                    "it gives values outside 0 to 1, which are no probabilities: say --outputs logits");
        }
    }

    private byte[] noise(long seed) {
        byte[] pixels = new byte[network.inputHeight() * network.inputWidth() * Architecture.CHANNELS];
        new Random(seed).nextBytes(pixels);
        return pixels;
    }
}
