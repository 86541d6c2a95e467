package org.sparkxception.image;

import java.util.Optional;

/** Why one image cannot be scored: a status, a sentence a person can act on, and the size where it is known. */
public final class ImageFault extends Exception {
    private static final long serialVersionUID = 1;

    private final ImageStatus status;
    private final transient Optional<ImageSize> size;

    public ImageFault(ImageStatus status, String message) {
        this(status, message, Optional.empty());
    }

    public ImageFault(ImageStatus status, String message, Optional<ImageSize> size) {
        // A fault of data is a result, not an accident: its stack trace would tell nothing and cost much.
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
