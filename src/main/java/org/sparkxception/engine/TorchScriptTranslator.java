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
 * Stands around a user's own program: what goes in (images × rows × columns × 3, uint8 or float32) is normalized and becomes
 * planes, as PyTorch has them (float32, images × 3 × rows × columns, contiguous); what comes out must be float32, images × units.
 */
final class TorchScriptTranslator implements Translator<NDList, NDList> {
    private static final double LEVELS = 255;
    private static final String IMAGES = "images";
    private static final Shape OF_CHANNELS = new Shape(1, Architecture.CHANNELS, 1, 1);

    private final float[] scale = new float[Architecture.CHANNELS];
    private final float[] offset = new float[Architecture.CHANNELS];
    private final int units;
    private final boolean oneWillDo;

    /** @param trial whether it is yet to be found out if two classes are two outputs, or one that tells them apart */
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
        // A reshape alone would leave the memory as it is, which programs may look at.
        NDArray values = images.transpose(0, 3, 1, 2).flatten().reshape(planes).toType(DataType.FLOAT32, true);
        return new NDList(values.muli(manager.create(scale, OF_CHANNELS)).addi(manager.create(offset, OF_CHANNELS)));
    }

    /** @throws IllegalArgumentException if the program gives anything else than its values for each image */
    @Override
    public NDList processOutput(TranslatorContext context, NDList output) {
        if (output.size() != 1) {
            throw new IllegalArgumentException(
                    "it returns " + output.size() + " tensors, and not one of images × labels");
        }
        NDArray values = output.get(0);
        if (values.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("it returns " + values.getDataType() + ", and not float32");
        }
        long images = (long) context.getAttachment(IMAGES);
        Shape expected = new Shape(images, units);
        boolean one = oneWillDo && values.getShape().equals(new Shape(images, 1));
        if (!one && !values.getShape().equals(expected)) {
            throw new IllegalArgumentException(
                    "it returns the shape " + values.getShape() + ", and not " + expected + ", images × labels");
        }
        output.detach();
        return output;
    }

    @Override
    public Batchifier getBatchifier() {
        return null;
    }
}
