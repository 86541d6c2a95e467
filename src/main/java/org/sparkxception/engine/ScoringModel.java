package org.sparkxception.engine;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.sparkxception.UserException;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Network;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Resize;
import org.sparkxception.model.torchscript.ResizeProgram;

/** A model loaded in libtorch for one device and precision, with the program that resizes its inputs. */
public final class ScoringModel implements AutoCloseable {
    private final Network kind;
    private final TorchProgram network;
    private final TorchProgram resize;
    private final DataType inputType;
    private final int height;
    private final int width;
    private final List<String> labels;
    private final boolean fallback;
    private final Device device;
    private final String program;
    private final AtomicInteger largestBatch = new AtomicInteger(Integer.MAX_VALUE);

    private ScoringModel(ModelBundle bundle, NetworkLoader.Loaded loaded, Precision precision, Device device) {
        this.device = device;
        this.program = precision + (loaded.fallback() ? ", portable program instead of the fused one" : "");
        this.network = loaded.program();
        this.fallback = loaded.fallback();
        this.kind = bundle.network();
        this.height = kind.inputHeight();
        this.width = kind.inputWidth();
        this.labels = bundle.labels();
        Resize fit = bundle.preprocessing().resize();
        this.inputType = fit.hasFractions() ? DataType.FLOAT32 : DataType.UINT8;
        this.resize = TorchProgram.load(ResizeProgram.compile(fit, height, width), Device.cpu());
    }

    /**
     * Loads a model.
     *
     * @param embedding whether the program also returns the embedding; for a model without classes, the embedding is the only output
     * @throws UserException (exit code 6) if libtorch cannot run the model on the device
     */
    public static ScoringModel load(ModelBundle bundle, Precision precision, Device device, boolean embedding) {
        return new ScoringModel(bundle, NetworkLoader.load(bundle, precision, device, embedding), precision, device);
    }

    /** Whether the portable program replaces a fused program that does not work. */
    public boolean isFallback() {
        return fallback;
    }

    /** The device, such as {@code cpu} or {@code gpu 0}. */
    public String device() {
        return device.isGpu() ? "gpu " + device.getDeviceId() : "cpu";
    }

    /** The precision, and whether the portable program replaces the fused one. */
    public String program() {
        return program;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** The description of the network. */
    public Network network() {
        return kind;
    }

    public List<String> labels() {
        return labels;
    }

    /** The largest batch that is not known to exceed the device's memory, in images. */
    public int largestBatch() {
        return largestBatch.get();
    }

    /** Lowers the largest batch of all predictors of this model. */
    public void limitBatch(int images) {
        largestBatch.accumulateAndGet(images, Math::min);
    }

    public BatchPredictor newPredictor(int batchSize) {
        return newPredictor(network, batchSize);
    }

    /** Returns a predictor for another program with the same inputs as this model. */
    BatchPredictor newPredictor(TorchProgram program, int batchSize) {
        return new BatchPredictor(program, batchSize, height, width, inputType, !labels.isEmpty());
    }

    public ImageResizer newResizer() {
        return new ImageResizer(resize);
    }

    @Override
    public void close() {
        network.close();
        resize.close();
    }
}
