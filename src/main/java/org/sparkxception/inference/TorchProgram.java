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
import ai.djl.translate.Translator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A TorchScript program in libtorch on one device. It may be run by many threads, each through a predictor of its own. */
final class TorchProgram implements AutoCloseable {
    private final Model model;
    private final Device device;
    private final Translator<NDList, NDList> translator;

    private TorchProgram(Model model, Device device, Translator<NDList, NDList> translator) {
        this.model = model;
        this.device = device;
        this.translator = translator;
    }

    static TorchProgram load(byte[] archive, Device device) {
        return load(archive, device, new NoopTranslator((Batchifier) null));
    }

    /** @param translator what happens before and after the program */
    static TorchProgram load(byte[] archive, Device device, Translator<NDList, NDList> translator) {
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
        return new TorchProgram(model, device, translator);
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
        return model.newPredictor(translator);
    }

    NDManager newManager() {
        return NDManager.newBaseManager(device, "PyTorch");
    }

    @Override
    public void close() {
        model.close();
    }
}
