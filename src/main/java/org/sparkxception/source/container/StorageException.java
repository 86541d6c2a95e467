package org.sparkxception.source.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The bytes of a container could not be read from storage. The container itself may be intact. */
final class StorageException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    StorageException(IOException cause) {
        super(Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
    }
}
