package org.sparkxception.bundle;

import org.sparkxception.engine.NetworkLoader;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.model.ModelBundle;

/** Finds out what a model gives for images that every machine can make, so that others can be compared with this one. */
public final class ReferenceOutputs {
    private ReferenceOutputs() {}

    /** The model with what it gives here, by its portable program in float32. */
    public static ModelBundle addTo(ModelBundle model) {
        TorchEngine.prepareThread(Runtime.getRuntime().availableProcessors());
        return model.withKnownOutputs(NetworkLoader.knownOutputs(model));
    }
}
