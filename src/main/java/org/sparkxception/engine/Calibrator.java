package org.sparkxception.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.Calibration.Channels;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** Collects statistics of a network's feature maps, on the CPU and in float32. */
public final class Calibrator {
    private static final int BATCH_SIZE = 8;

    private Calibrator() {}

    /**
     * Runs images through the network and records the values of its feature maps.
     *
     * @param bundle the model
     * @param model the same model, loaded
     * @param images RGB values in the model's input size; at least one
     */
    public static Calibration calibrate(ModelBundle bundle, ScoringModel model, List<byte[]> images) {
        try {
            List<String> maps = new ArrayList<>();
            try (TorchProgram program = TorchProgram.loadNetwork(
                            out -> maps.addAll(TorchScriptCompiler.compileObserving(bundle, OperatorSet.PORTABLE, out)),
                            Device.cpu());
                    BatchPredictor predictor = model.newPredictor(program, BATCH_SIZE)) {
                return calibrate(maps, predictor, images);
            }
        } catch (IOException | TranslateException e) {
            throw new IllegalStateException("the model was loaded, but calibration failed", e);
        }
    }

    private static Calibration calibrate(List<String> maps, BatchPredictor predictor, List<byte[]> images) {
        Calibration all = null;
        for (int from = 0; from < images.size(); from += BATCH_SIZE) {
            List<byte[]> batch = images.subList(from, Math.min(from + BATCH_SIZE, images.size()));
            Calibration seen = predictor.run(batch, outputs -> read(maps, outputs));
            all = all == null ? seen : all.with(seen, from, batch.size());
        }
        return all;
    }

    private static Calibration read(List<String> maps, NDList outputs) {
        Map<String, Channels> channels = new HashMap<>();
        for (int i = 0; i < maps.size(); i++) {
            channels.put(maps.get(i), Channels.of(outputs.get(i).toFloatArray()));
        }
        return new Calibration(channels);
    }
}
