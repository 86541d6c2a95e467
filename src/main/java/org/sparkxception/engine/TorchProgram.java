package org.sparkxception.engine;

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
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A TorchScript program in libtorch on one device. Thread-safe, if each thread has its own predictor. */
public final class TorchProgram implements AutoCloseable {
    private static final String NAME = "spark-xception";
    private static final Translator<NDList, NDList> NO_TRANSLATION = new NoopTranslator((Batchifier) null);

    private final Model model;
    private final Device device;
    private final Translator<NDList, NDList> translator;

    private TorchProgram(Model model, Device device, Translator<NDList, NDList> translator) {
        this.model = model;
        this.device = device;
        this.translator = translator;
    }

    static TorchProgram load(byte[] archive, Device device) {
        return load(ByteBuffer.wrap(archive), device, NO_TRANSLATION);
    }

    /** @param translator pre- and postprocessing of the program */
    static TorchProgram load(ByteBuffer archive, Device device, Translator<NDList, NDList> translator) {
        Model model = TorchEngine.get().newModel(NAME, device);
        try {
            return loaded(model, device, translator, () -> model.load(new ByteBufferBackedInputStream(archive)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads a program into a model. */
    private interface Loading {
        void run() throws IOException, MalformedModelException;
    }

    private static TorchProgram loaded(
            Model model, Device device, Translator<NDList, NDList> translator, Loading loading) throws IOException {
        try {
            loading.run();
        } catch (MalformedModelException e) {
            model.close();
            throw new IllegalArgumentException("libtorch rejects the program: " + e.getMessage(), e);
        } catch (IOException e) {
            model.close();
            throw e;
        }
        return new TorchProgram(model, device, translator);
    }

    /** Writes the TorchScript archive of a network. */
    interface Compilation {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Loads the program of a network from a temporary file, which needs less memory than an archive in memory, and prepares its weights
     * for this machine.
     *
     * @throws IOException if the file cannot be written
     */
    static TorchProgram loadNetwork(Compilation compilation, Device device) throws IOException, TranslateException {
        Path folder = Files.createTempDirectory("spark-xception-");
        Path file = folder.resolve(NAME + ".pt");
        TorchProgram program;
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                compilation.writeTo(out);
            }
            Model model = TorchEngine.get().newModel(NAME, device);
            program = loaded(model, device, NO_TRANSLATION, () -> model.load(folder, NAME));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
        try (NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor()) {
            NDArray method = manager.create(0f);
            method.setName("module_method:prepare");
            predictor.predict(new NDList(method, manager.create(0f))).close();
            return program;
        } catch (TranslateException | RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Returns a new predictor, for one thread. */
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
