package org.sparkxception.cli;

import org.sparkxception.Version;
import picocli.CommandLine.IVersionProvider;

/** The output of {@code --version}. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"spark-xception " + Version.current()};
    }
}
