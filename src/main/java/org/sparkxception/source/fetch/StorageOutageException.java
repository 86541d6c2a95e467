package org.sparkxception.source.fetch;

/** The storage as a whole does not answer: the task must fail and be tried again, and its images must not become rows. */
public final class StorageOutageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageOutageException(String message, Throwable cause) {
        super(message, cause);
    }
}
