package org.sparkxception.inference;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageSize;
import org.sparkxception.model.Architecture;

/** Resizes images to a model's input size, for one thread. */
final class ImageResizer implements AutoCloseable {
    private final Predictor<NDList, NDList> predictor;
    private final NDManager manager;
    private final ImageSize target;

    ImageResizer(TorchProgram program, int height, int width) {
        this.predictor = program.newPredictor();
        this.manager = program.newManager();
        this.target = new ImageSize(width, height);
    }

    /** RGB pixels of the image in the target size, row by row. */
    byte[] resize(DecodedImage image) {
        if (image.size().equals(target)) {
            byte[] pixels = new byte[target.width() * target.height() * Architecture.CHANNELS];
            image.rgb().get(pixels);
            return pixels;
        }
        Shape shape = new Shape(image.size().height(), image.size().width(), Architecture.CHANNELS);
        try (NDArray input = manager.create(image.rgb(), shape, DataType.UINT8);
                NDList output = predictor.predict(new NDList(input))) {
            return output.singletonOrThrow().toByteArray();
        } catch (TranslateException e) {
            throw new IllegalStateException("libtorch failed to resize " + image.size() + " to " + target, e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        manager.close();
    }
}
