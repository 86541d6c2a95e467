package org.sparkxception.inference;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.sparkxception.engine.NetworkOutput;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.metrics.StatisticsAccumulator;

/**
 * Takes the place of the product's class on the class path of a benchmark: a network that takes as long as one on a core or a GPU of a
 * stated speed, and does not use the processor. The system property {@value #PACE} is its speed in images per second.
 */
final class HalvingPredictor implements AutoCloseable {
    private static final String PACE = "paced.images-per-second";

    private final double nanosPerImage = 1e9 / Double.parseDouble(System.getProperty(PACE));
    private final float[] logits;
    private long free = System.nanoTime();

    HalvingPredictor(ScoringModel model, int batchSize, StatisticsAccumulator statistics) {
        this.logits = new float[model.network().units()];
    }

    List<NetworkOutput> predict(List<byte[]> images) {
        free = Math.max(free, System.nanoTime()) + (long) (nanosPerImage * images.size());
        for (long left = free - System.nanoTime(); left > 0; left = free - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return Collections.nCopies(images.size(), new NetworkOutput(logits, Optional.empty()));
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
