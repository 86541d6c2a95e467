package org.sparkxception.image;

import java.util.Optional;

/** The reason why an image cannot be scored: a status, an actionable message, and the size of the image if known. */
public final class ImageFault extends Exception {
    private static final long serialVersionUID = 1;

    private final ImageStatus status;
    private final transient Optional<ImageSize> size;

    public ImageFault(ImageStatus status, String message) {
        this(status, message, Optional.empty());
    }

    public ImageFault(ImageStatus status, String message, Optional<ImageSize> size) {
        // Bad data is an expected result: its stack trace is useless and expensive.
        super(message, null, false, false);
        this.status = status;
        this.size = size;
    }

    public ImageStatus status() {
        return status;
    }

    public Optional<ImageSize> size() {
        return size;
    }
}
