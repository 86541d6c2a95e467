package org.sparkxception.inference;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A TorchScript program in libtorch on one device. It may be run by many threads, each through a predictor of its own. */
final class TorchProgram implements AutoCloseable {
    private final Model model;
    private final Device device;

    private TorchProgram(Model model, Device device) {
        this.model = model;
        this.device = device;
    }

    static TorchProgram load(byte[] archive, Device device) {
        Model model = TorchEngine.get().newModel("spark-xception", device);
        try {
            model.load(new ByteArrayInputStream(archive));
        } catch (MalformedModelException e) {
            model.close();
            throw new IllegalArgumentException("libtorch refuses the program: " + e.getMessage(), e);
        } catch (IOException e) {
            model.close();
            throw new UncheckedIOException(e);
        }
        return new TorchProgram(model, device);
    }

    /** Loads the program of a network, and readies its weights for this machine. */
    static TorchProgram loadNetwork(byte[] archive, Device device) throws TranslateException {
        TorchProgram program = load(archive, device);
        try (NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor()) {
            NDArray method = manager.create(0f);
            method.setName("module_method:prepare");
            predictor.predict(new NDList(method, manager.create(0f))).close();
        }
        return program;
    }

    /** A predictor for one thread. */
    Predictor<NDList, NDList> newPredictor() {
        return model.newPredictor(new NoopTranslator((Batchifier) null));
    }

    NDManager newManager() {
        return NDManager.newBaseManager(device, "PyTorch");
    }

    @Override
    public void close() {
        model.close();
    }
}
