package org.sparkxception.cli;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.model.ModelBundle;
import picocli.CommandLine.Option;

/** The option that selects the model. */
final class ModelOption {
    @Option(
            names = "--model",
            paramLabel = "URI",
            description = "Directory written by import-model. Default: the small bundled model.")
    private Optional<String> uri = Optional.empty();

    /** The name of its directory, or {@code bundled}. */
    String name() {
        return uri.map(model -> model.replaceFirst("/+$", "").replaceFirst(".*/", ""))
                .orElse("bundled");
    }

    ModelBundle read(Configuration configuration) {
        return uri.map(model -> BundleStore.read(model, configuration)).orElseGet(BundleStore::bundled);
    }
}
