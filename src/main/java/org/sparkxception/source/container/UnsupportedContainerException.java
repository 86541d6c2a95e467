package org.sparkxception.source.container;

/** A container is whole, and holds something else than images: the input is not what it was said to be. */
final class UnsupportedContainerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsupportedContainerException(String message) {
        super(message);
    }
}
