package org.sparkxception.inference;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.nio.ByteBuffer;
import java.util.List;
import org.sparkxception.model.Architecture;

/** Scores batches of resized images, for one partition, by one thread. */
final class BatchPredictor implements AutoCloseable {
    private final Predictor<NDList, NDList> predictor;
    private final NDManager manager;
    private final ByteBuffer pixels;
    private final int imageBytes;
    private final int height;
    private final int width;
    private final DataType type;

    /** @param type of the values of resized images */
    BatchPredictor(TorchProgram program, int batchSize, int height, int width, DataType type) {
        this.predictor = program.newPredictor();
        this.manager = program.newManager();
        this.height = height;
        this.width = width;
        this.type = type;
        this.imageBytes = height * width * Architecture.CHANNELS * type.getNumOfBytes();
        this.pixels = ByteBuffer.allocateDirect(Math.multiplyExact(batchSize, imageBytes));
    }

    /**
     * Computes the logits of a batch.
     *
     * @param images RGB values in the model's input size, at most as many as the batch size
     * @return one array a image, one logit a class
     */
    float[][] logits(List<byte[]> images) {
        for (int i = 0; i < images.size(); i++) {
            pixels.put(i * imageBytes, images.get(i), 0, imageBytes);
        }
        ByteBuffer used = pixels.slice(0, images.size() * imageBytes);
        Shape shape = new Shape(images.size(), height, width, Architecture.CHANNELS);
        try (NDArray input = manager.create(used, shape, type);
                NDList output = predictor.predict(new NDList(input))) {
            float[] all = output.singletonOrThrow().toFloatArray();
            int classes = all.length / images.size();
            float[][] logits = new float[images.size()][classes];
            for (int i = 0; i < logits.length; i++) {
                System.arraycopy(all, i * classes, logits[i], 0, classes);
            }
            return logits;
        } catch (TranslateException e) {
            throw new IllegalStateException("libtorch failed on a batch of " + images.size() + " images", e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        manager.close();
    }
}
