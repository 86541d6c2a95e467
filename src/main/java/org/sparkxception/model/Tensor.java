package org.sparkxception.model;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A read-only array of float32 values in row-major (C) order. */
public final class Tensor {
    private final int[] shape;
    private final FloatBuffer values;

    private Tensor(int[] shape, FloatBuffer values) {
        if (values.remaining() != sizeOf(shape)) {
            throw new IllegalArgumentException(
                    values.remaining() + " values do not match the shape " + Arrays.toString(shape));
        }
        this.shape = shape.clone();
        this.values = values.asReadOnlyBuffer();
    }

    public static Tensor of(FloatBuffer values, int... shape) {
        return new Tensor(shape, values);
    }

    public static Tensor of(float[] values, int... shape) {
        return new Tensor(shape, FloatBuffer.wrap(values));
    }

    public int[] shape() {
        return shape.clone();
    }

    public boolean hasShape(int... expected) {
        return Arrays.equals(shape, expected);
    }

    public int size() {
        return values.remaining();
    }

    /** Returns the value at a flat row-major index. */
    public float at(int index) {
        return values.get(values.position() + index);
    }

    public float[] toArray() {
        float[] copy = new float[size()];
        values.duplicate().get(copy);
        return copy;
    }

    /** Returns a copy with permuted axes: axis {@code k} of the result is axis {@code axes[k]} of this. */
    public Tensor transpose(int... axes) {
        int rank = shape.length;
        int[] strides = new int[rank];
        for (int axis = rank - 1, stride = 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        int[] resultShape = new int[rank];
        int[] steps = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            resultShape[axis] = shape[axes[axis]];
            steps[axis] = strides[axes[axis]];
        }
        float[] result = new float[size()];
        int[] position = new int[rank];
        int from = 0;
        for (int to = 0; to < result.length; to++) {
            result[to] = at(from);
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += steps[axis];
                if (++position[axis] < resultShape[axis]) {
                    break;
                }
                from -= steps[axis] * resultShape[axis];
                position[axis] = 0;
            }
        }
        return of(result, resultShape);
    }

    /** Returns a view of the values with another shape of the same size. */
    public Tensor reshape(int... newShape) {
        return new Tensor(newShape, values);
    }

    public static int sizeOf(int[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Formats a shape: {@code (3, 3, 32, 64)}. */
    public static String describe(int... shape) {
        return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    }

    @Override
    public String toString() {
        return "Tensor" + describe(shape);
    }

    /** Converts the bits of an IEEE 754 half-precision number; Java 17 has no such method. */
    static float halfToFloat(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude = exponent == 0
                ? fraction * 0x1p-24f
                : exponent == 0x1f
                        ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                        : Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
        return bits < 0 ? -magnitude : magnitude;
    }
}
