package org.sparkxception.job;

import java.util.Locale;

/** What keeps other runs from writing to the same output. */
public enum Lock {
    /** A lock file in the output. */
    FILE,
    /** Nothing: whoever starts the runs never starts two for one output. */
    NONE;

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
