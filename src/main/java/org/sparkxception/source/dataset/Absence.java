package org.sparkxception.source.dataset;

import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** Why an entry of a manifest is not a file. Plans contain the names. */
public enum Absence {
    NO_PATH(ImageStatus.MISSING, "the manifest entry has no path: it is null or empty"),
    NO_NAME(ImageStatus.UNREADABLE, "it is not a valid Hadoop path, or its filesystem is not available"),
    DIRECTORY(ImageStatus.UNREADABLE, "it is a directory: a manifest must list files"),
    SECRET(
            ImageStatus.UNREADABLE,
            "its URI had a password or a query, such as a signature, which was removed and is never used: configure"
                    + " credentials in the storage settings, and first download files that only such a URL can open");

    private final ImageStatus status;
    private final String message;

    Absence(ImageStatus status, String message) {
        this.status = status;
        this.message = message;
    }

    public ImageFault fault() {
        return new ImageFault(status, message);
    }
}
