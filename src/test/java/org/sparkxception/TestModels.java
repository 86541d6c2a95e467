package org.sparkxception;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Head;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Tensor;
import org.sparkxception.model.Weights;

/** Models for tests. */
public final class TestModels {
    private static final ModelBundle BUNDLED = BundleStore.bundled();

    private TestModels() {}

    public static ModelBundle bundled() {
        return BUNDLED;
    }

    /** A very small Xception with random weights; another seed is another model. */
    public static ModelBundle tiny(long seed) throws IOException {
        return random(seed, List.of(4, 8), List.of(8, 16), 24, List.of(24, 32));
    }

    /** An Xception of 32×32 pixels and three classes with random weights; for the widths see {@link Architecture}. */
    public static ModelBundle random(
            long seed, List<Integer> stem, List<Integer> entry, int exit, List<Integer> separable) throws IOException {
        Architecture architecture = new Architecture(
                32,
                32,
                stem,
                entry,
                1,
                exit,
                separable,
                Head.paper(3),
                1e-3,
                Architecture.PoolPadding.END,
                true,
                Architecture.IntermediateActivation.NONE);
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new HashMap<>();
        for (Weights.Parameter parameter : Weights.parameters(architecture)) {
            int[] shape = parameter.shape().stream().mapToInt(Integer::intValue).toArray();
            float[] values = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < values.length; i++) {
                values[i] = parameter.variable().equals(Weights.VARIANCE)
                        ? 0.5f + random.nextFloat()
                        : random.nextFloat() - 0.5f;
            }
            tensors.put(parameter.name(), Tensor.of(values, shape));
        }
        return ModelBundle.of(
                new ImportedNetwork(architecture, new Weights(architecture, tensors)),
                Preprocessing.keras(Interpolation.BILINEAR),
                Collections.nCopies(3, "thing"));
    }
}
