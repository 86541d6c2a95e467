package org.sparkxception.source.container;

/** A container is intact, but its content is not supported: the input is not in the specified format. */
final class UnsupportedContainerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsupportedContainerException(String message) {
        super(message);
    }
}
