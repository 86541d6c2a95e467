package org.sparkxception.job;

import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.fetch.StorageOutageException;
import org.sparkxception.storage.StorageFaults;

/** A chunk could not be scored; the cause says why. */
final class ChunkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final String GOING_ON =
            ". The chunks that are whole are kept: when this is mended, run the same command again to go on";

    ChunkFailedException(Throwable cause) {
        super(cause.getMessage(), cause);
    }

    /** What the user can mend, as a sentence with exit code 1; any other fault stays itself. */
    RuntimeException toUserFacing(String output) {
        for (Throwable fault = getCause(); fault != null; fault = fault.getCause()) {
            if (fault instanceof UserException user) {
                return user;
            }
            if (fault instanceof StorageOutageException) {
                return new UserException(ExitCode.UNEXPECTED, fault.getMessage() + GOING_ON, this);
            }
        }
        return StorageFaults.kind(this) == StorageFaults.Kind.FULL || StorageFaults.isKnown(output, this)
                ? new UserException(ExitCode.UNEXPECTED, StorageFaults.explain(output, this) + GOING_ON, this)
                : this;
    }
}
