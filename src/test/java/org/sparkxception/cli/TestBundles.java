package org.sparkxception.cli;

import org.sparkxception.model.ModelBundle;

/** Opens the bundled model to tests of other packages. */
public final class TestBundles {
    private TestBundles() {}

    public static ModelBundle bundled() {
        return BundleStore.bundled();
    }
}
