package org.sparkxception.job;

import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.fetch.StorageOutageException;
import org.sparkxception.storage.StorageFaults;

/** Tasks on the executors failed: those that score a chunk, check the model, or check the precision. The cause has the reason. */
final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final String GOING_ON =
            ". Complete chunks are kept: once this is fixed, run the same command again to resume";

    TaskFailedException(Throwable cause) {
        super(cause.getMessage(), cause);
    }

    /** An error the user can fix, as a sentence with exit code 1; any other fault is returned unchanged. */
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
