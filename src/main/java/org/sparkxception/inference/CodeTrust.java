package org.sparkxception.inference;

import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Requires explicit trust before a TorchScript program from outside is run. */
public final class CodeTrust {
    private CodeTrust() {}

    /**
     * Rejects a program that is not trusted.
     *
     * @param what the program, as the subject of the error message
     * @throws UserException (exit code 2) if the program is not trusted
     */
    public static void require(boolean trusted, String what) {
        if (!trusted) {
            throw new UserException(
                    ExitCode.USAGE,
                    what + " is a TorchScript program, which runs with the permissions of the job: if you trust its"
                            + " authors, allow it with `trust-code`");
        }
    }
}
