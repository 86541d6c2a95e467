package org.sparkxception.image;

import java.util.Locale;

/** What became of an image. */
public enum ImageStatus {
    /** It was scored. */
    OK,
    /** It is an image whose data is damaged. */
    CORRUPT,
    /** It is no image, or one of a format that is not read. */
    UNSUPPORTED,
    /** It has more pixels or bytes than the limits allow. */
    TOO_LARGE,
    /** Storage did not give its bytes. */
    UNREADABLE,
    /** It was there when the run was planned, and is not any more. */
    MISSING,
    /** The network's outputs for it are not all finite numbers. */
    NON_FINITE;

    /** The name in results and reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
