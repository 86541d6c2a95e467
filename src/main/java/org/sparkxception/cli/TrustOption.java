package org.sparkxception.cli;

import picocli.CommandLine.Option;

/** The option that trusts the code of a model. */
final class TrustOption {
    @Option(
            names = "--trust-code",
            description =
                    "Run a model that is a TorchScript program, which can do whatever the job can. Not needed for other"
                            + " models.")
    private boolean given;

    boolean isGiven() {
        return given;
    }
}
