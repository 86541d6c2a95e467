package org.sparkxception.job;

import java.util.Locale;

/** What a run does with an output that already has results. */
public enum Mode {
    /** Scores the remaining chunks of the existing plan; does nothing if the output is complete. */
    RESUME,
    /** Lists the input again, and scores new and changed images, as new chunks. */
    UPDATE,
    /** Deletes the results of earlier runs, and starts over. */
    OVERWRITE,
    /** Scores failed images again, and replaces their rows. */
    RETRY_FAILED;

    /** The name on the command line and in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return label();
    }
}
