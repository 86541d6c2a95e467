package org.sparkxception.source.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Storage did not give the bytes of a container; the container itself may be whole. */
final class StorageException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    StorageException(IOException cause) {
        super(Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
    }
}
