package org.sparkxception.engine;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.nio.ByteBuffer;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageSize;
import org.sparkxception.model.Architecture;

/** Resizes images to a model's input size. Not thread-safe: each thread has its own. */
public final class ImageResizer implements AutoCloseable {
    private final Predictor<NDList, NDList> predictor;
    private final NDManager manager;

    ImageResizer(TorchProgram program) {
        this.predictor = program.newPredictor();
        this.manager = program.newManager();
    }

    /** Returns the resized image, row by row, in the data type of the resize program. */
    public byte[] resize(DecodedImage image) {
        return resize(image.rgb(), image.size());
    }

    byte[] resize(ByteBuffer rgb, ImageSize size) {
        Shape shape = new Shape(size.height(), size.width(), Architecture.CHANNELS);
        try (NDArray input = manager.create(rgb, shape, DataType.UINT8);
                NDList output = predictor.predict(new NDList(input))) {
            return output.singletonOrThrow().toByteArray();
        } catch (TranslateException e) {
            throw new IllegalStateException("libtorch failed to resize an image of " + size, e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        manager.close();
    }
}
