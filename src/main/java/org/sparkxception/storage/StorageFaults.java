package org.sparkxception.storage;

import java.io.IOException;

/** What a fault of a storage means, and what to do about it. */
public final class StorageFaults {
    private StorageFaults() {}

    /** What a fault means for who reads or writes. */
    public enum Kind {
        /** The file changed while it was read, or a condition on what is there did not hold. */
        CHANGED,
        /** What may pass: it is worth another try. */
        PASSING
    }

    public static Kind kind(IOException fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getSimpleName().equals("RemoteFileChangedException")) {
                return Kind.CHANGED;
            }
        }
        return Kind.PASSING;
    }
}
