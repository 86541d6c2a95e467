package org.sparkxception.cli;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.sparkxception.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options about the command itself. */
@Command(optionListHeading = "General:")
final class GeneralOptions {
    @Option(
            names = ConfFile.OPTION,
            paramLabel = "FILE",
            description = "Properties file with any of these options by long name. The command line takes precedence.")
    @SuppressWarnings("UnusedVariable") // ConfFile reads it before the options are parsed
    private String conf;

    @Option(names = "--quiet", description = "Print only warnings and errors: no progress and no summary.")
    private boolean quiet;

    boolean isQuiet() {
        return quiet;
    }

    /** Turns off log lines below warnings, and with them the display of progress, if the run is to be quiet. */
    void configureLog() {
        if (quiet) {
            Configurator.setLevel(UserException.class.getPackageName(), Level.WARN);
        }
    }
}
