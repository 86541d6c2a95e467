package org.sparkxception.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "spark-xception "
                    + Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                            .orElse("(not from a jar)")
        };
    }
}
