package org.sparkxception.job;

import java.util.Locale;

/** What a run does with an output that holds results. */
public enum Mode {
    /** Finishes what is left, by the plan that was made then; does nothing on a complete run. */
    RESUME,
    /** Lists again, and scores what is new or has changed, as new chunks. */
    UPDATE,
    /** Deletes what an earlier run left there, and begins anew. */
    OVERWRITE,
    /** Scores again what could not be scored, and replaces its rows. */
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
