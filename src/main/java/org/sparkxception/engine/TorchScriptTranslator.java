package org.sparkxception.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;

/**
 * Pre- and postprocessing of a user's own TorchScript program. The input (images × rows × columns × 3, uint8 or float32) is normalized
 * and transposed to PyTorch's layout (float32, images × 3 × rows × columns, contiguous); the output must be float32, images × units.
 */
final class TorchScriptTranslator implements Translator<NDList, NDList> {
    private static final double LEVELS = 255;
    private static final String IMAGES = "images";
    private static final Shape OF_CHANNELS = new Shape(1, Architecture.CHANNELS, 1, 1);

    private final float[] scale = new float[Architecture.CHANNELS];
    private final float[] offset = new float[Architecture.CHANNELS];
    private final int units;
    private final boolean oneWillDo;

    /** @param trial whether the program can have one output for two classes, because the number of outputs is not known yet */
    TorchScriptTranslator(ModelBundle bundle, boolean trial) {
        Preprocessing preprocessing = bundle.preprocessing();
        for (int channel = 0; channel < Architecture.CHANNELS; channel++) {
            double deviation = preprocessing.deviation().get(channel);
            scale[channel] = (float) (1 / (LEVELS * deviation));
            offset[channel] = (float) (-preprocessing.mean().get(channel) / deviation);
        }
        units = bundle.network().units();
        oneWillDo = trial && units == 2;
    }

    @Override
    public NDList processInput(TranslatorContext context, NDList input) {
        NDManager manager = context.getNDManager();
        NDArray images = input.singletonOrThrow();
        images.attach(manager);
        Shape shape = images.getShape();
        context.setAttachment(IMAGES, shape.get(0));
        Shape planes = new Shape(shape.get(0), Architecture.CHANNELS, shape.get(1), shape.get(2));
        // A reshape alone would not change the memory layout, which programs can inspect.
        NDArray values = images.transpose(0, 3, 1, 2).flatten().reshape(planes).toType(DataType.FLOAT32, true);
        return new NDList(values.muli(manager.create(scale, OF_CHANNELS)).addi(manager.create(offset, OF_CHANNELS)));
    }

    /**
     * Returns the network's only output.
     *
     * @throws IllegalArgumentException if the output is not a single float32 tensor of shape images × units
     */
    @Override
    public NDList processOutput(TranslatorContext context, NDList output) {
        if (output.size() != 1) {
            throw new IllegalArgumentException(
                    "it returns " + output.size() + " tensors instead of one of shape images × labels");
        }
        NDArray values = output.get(0);
        if (values.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("it returns " + values.getDataType() + " instead of float32");
        }
        long images = (long) context.getAttachment(IMAGES);
        Shape expected = new Shape(images, units);
        boolean one = oneWillDo && values.getShape().equals(new Shape(images, 1));
        if (!one && !values.getShape().equals(expected)) {
            throw new IllegalArgumentException(
                    "it returns the shape " + values.getShape() + " instead of " + expected + ", images × labels");
        }
        output.detach();
        return output;
    }

    @Override
    public Batchifier getBatchifier() {
        return null;
    }
}
