package org.sparkxception.bundle;

import org.sparkxception.engine.NetworkLoader;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.model.ModelBundle;

/** Computes the outputs of a model for synthetic images, so that other machines and devices can be compared with this one. */
public final class ReferenceOutputs {
    private ReferenceOutputs() {}

    /** Returns the model with its outputs on this machine, computed by its portable program in float32. */
    public static ModelBundle addTo(ModelBundle model) {
        TorchEngine.prepareThread(Runtime.getRuntime().availableProcessors());
        return model.withKnownOutputs(NetworkLoader.knownOutputs(model));
    }
}
