package org.sparkxception.source.fetch;

/** The storage is unavailable: the task must fail and be retried, and its images must not become rows of the results. */
public final class StorageOutageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageOutageException(String message, Throwable cause) {
        super(message, cause);
    }
}
