package org.sparkxception.model.keras;

import static org.sparkxception.model.Weights.DEPTHWISE;
import static org.sparkxception.model.Weights.KERNEL;
import static org.sparkxception.model.Weights.POINTWISE;

import org.sparkxception.model.Tensor;

/** The order of a kernel's axes in Keras: rows × columns × input × output; depthwise: rows × columns × input × 1. */
final class KerasLayout {
    private KerasLayout() {}

    /** Returns the shape in Keras of a variable with the given shape in PyTorch's layout. */
    static int[] toKeras(String variable, int[] shape) {
        int[] axes = inverse(axes(variable, shape.length));
        int[] result = new int[shape.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = shape[axes[i]];
        }
        return result;
    }

    static Tensor fromKeras(String variable, Tensor tensor) {
        return tensor.transpose(axes(variable, tensor.shape().length));
    }

    /** Returns the axis of Keras for each axis of PyTorch's layout. */
    private static int[] axes(String variable, int rank) {
        if (variable.equals(DEPTHWISE)) {
            return new int[] {2, 3, 0, 1};
        } else if (variable.equals(POINTWISE) || (variable.equals(KERNEL) && rank == 4)) {
            return new int[] {3, 2, 0, 1};
        } else if (variable.equals(KERNEL)) {
            return new int[] {1, 0};
        }
        return new int[] {0};
    }

    private static int[] inverse(int[] axes) {
        int[] result = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            result[axes[i]] = i;
        }
        return result;
    }
}
