package org.sparkxception.image;

import java.util.Locale;

/** The outcome of an image. */
public enum ImageStatus {
    /** The image was scored. */
    OK,
    /** The image data is damaged. */
    CORRUPT,
    /** The file is not an image, or its format is not supported. */
    UNSUPPORTED,
    /** The image has more pixels or bytes than the limits allow. */
    TOO_LARGE,
    /** The file could not be read from storage. */
    UNREADABLE,
    /** The file existed when the run was planned, but no longer exists. */
    MISSING,
    /** The network's outputs for the image contain NaN or infinite values. */
    NON_FINITE;

    /** The name in results and reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
