package org.sparkxception.job;

/** A chunk could not be scored; the cause says why. */
final class ChunkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChunkFailedException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
