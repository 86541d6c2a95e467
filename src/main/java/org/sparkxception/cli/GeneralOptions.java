package org.sparkxception.cli;

import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.sparkxception.UserException;
import org.sparkxception.lineage.Destination;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options about the command itself. */
@Command(optionListHeading = "General:")
final class GeneralOptions {
    static final String LINEAGE = "--openlineage";

    @Option(
            names = ConfFile.OPTION,
            paramLabel = "FILE",
            description = "Properties file with any of these options by long name. The command line takes precedence.")
    @SuppressWarnings("UnusedVariable") // ConfFile reads it before the options are parsed
    private String conf;

    @Option(names = "--quiet", description = "Print only warnings and errors: no progress and no summary.")
    private boolean quiet;

    @Option(
            names = LINEAGE,
            paramLabel = "URL",
            description =
                    "Report the start and the end of the run as OpenLineage events: to an HTTP endpoint, or to a local"
                            + " file, which gets a line per event.")
    private Optional<String> lineage = Optional.empty();

    boolean isQuiet() {
        return quiet;
    }

    /** Where events of lineage go, if anywhere. */
    Optional<Destination> lineage() {
        return lineage.map(setting -> Destination.of(setting, System.getenv()));
    }

    /** Turns off log lines below warnings, and with them the display of progress, if the run is to be quiet. */
    void configureLog() {
        if (quiet) {
            Configurator.setLevel(UserException.class.getPackageName(), Level.WARN);
        }
    }
}
