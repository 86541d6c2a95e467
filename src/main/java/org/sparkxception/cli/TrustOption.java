package org.sparkxception.cli;

import picocli.CommandLine.Option;

/** Whether the code of a model is trusted, in an option. */
final class TrustOption {
    @Option(
            names = "--trust-code",
            description =
                    "Run a model that is a TorchScript program: it can do whatever the job can. Other models need no"
                            + " trust.")
    private boolean given;

    boolean isGiven() {
        return given;
    }
}
