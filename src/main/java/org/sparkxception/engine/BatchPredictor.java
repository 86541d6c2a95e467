package org.sparkxception.engine;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sparkxception.model.Architecture;

/** Scores batches of resized images. Not thread-safe: each partition has its own. */
public final class BatchPredictor implements AutoCloseable {
    private static final float[] NO_LOGITS = {};

    private final Predictor<NDList, NDList> predictor;
    private final NDManager manager;
    private final ByteBuffer pixels;
    private final int imageBytes;
    private final int height;
    private final int width;
    private final DataType type;
    private final boolean hasClasses;

    /**
     * Runs a program over batches of resized images.
     *
     * @param batchSize the maximum number of images per call
     * @param height rows of a resized image
     * @param width columns of a resized image
     * @param type data type of the resized images
     * @param hasClasses whether the program's first output is the logits; otherwise it is the embedding
     */
    public BatchPredictor(
            TorchProgram program, int batchSize, int height, int width, DataType type, boolean hasClasses) {
        this.predictor = program.newPredictor();
        this.manager = program.newManager();
        this.height = height;
        this.width = width;
        this.type = type;
        this.hasClasses = hasClasses;
        this.imageBytes = height * width * Architecture.CHANNELS * type.getNumOfBytes();
        this.pixels = ByteBuffer.allocateDirect(Math.multiplyExact(batchSize, imageBytes));
    }

    /**
     * Runs a batch through the network.
     *
     * @param images RGB values in the model's input size; at most the batch size
     * @return one output per image, in the order of the images
     */
    public List<NetworkOutput> predict(List<byte[]> images) {
        return run(images, output -> {
            float[] logits = hasClasses ? output.get(0).toFloatArray() : NO_LOGITS;
            Optional<float[]> embeddings =
                    output.stream().skip(hasClasses ? 1 : 0).findFirst().map(NDArray::toFloatArray);
            List<NetworkOutput> results = new ArrayList<>(images.size());
            for (int i = 0; i < images.size(); i++) {
                int image = i;
                results.add(new NetworkOutput(
                        ofImage(image, images.size(), logits),
                        embeddings.map(values -> ofImage(image, images.size(), values))));
            }
            return results;
        });
    }

    /** Runs a batch and applies a function to the program's outputs, which are freed afterward. */
    <T> T run(List<byte[]> images, Function<NDList, T> read) {
        for (int i = 0; i < images.size(); i++) {
            pixels.put(i * imageBytes, images.get(i), 0, imageBytes);
        }
        ByteBuffer used = pixels.slice(0, images.size() * imageBytes);
        Shape shape = new Shape(images.size(), height, width, Architecture.CHANNELS);
        try (NDArray input = manager.create(used, shape, type);
                NDList output = predictor.predict(new NDList(input))) {
            return read.apply(output);
        } catch (TranslateException e) {
            throw new IllegalStateException("libtorch failed on a batch of " + images.size() + " images", e);
        }
    }

    private static float[] ofImage(int image, int images, float[] values) {
        int length = values.length / images;
        return Arrays.copyOfRange(values, image * length, (image + 1) * length);
    }

    @Override
    public void close() {
        predictor.close();
        manager.close();
    }
}
