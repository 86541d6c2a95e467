package org.sparkxception;

import java.util.Optional;

/** The version of this program. */
public final class Version {
    private Version() {}

    /** Returns the version in the manifest of the jar. */
    public static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
    }
}
