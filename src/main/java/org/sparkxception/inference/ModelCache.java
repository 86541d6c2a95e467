package org.sparkxception.inference;

import ai.djl.Device;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.model.Precision;

/**
 * The models of this executor: each is loaded once per device, by the first task that needs it, and kept for later tasks. This is the
 * only state that outlives a task.
 */
final class ModelCache {
    private static final Map<Key, ScoringModel> MODELS = new HashMap<>();

    private record Key(String fingerprint, boolean embedding, Precision precision, Device device) {}

    private ModelCache() {}

    /**
     * Returns the model, loading it if necessary.
     *
     * @param embedding whether its program also returns the embedding
     * @param load called once per combination of the other arguments
     */
    static synchronized ScoringModel get(
            String fingerprint, boolean embedding, Precision precision, Device device, Supplier<ScoringModel> load) {
        return MODELS.computeIfAbsent(new Key(fingerprint, embedding, precision, device), key -> load.get());
    }
}
