package org.sparkxception.inference;

import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Whether somebody vouches for a program that came from outside: nothing runs it before. */
public final class CodeTrust {
    private CodeTrust() {}

    /**
     * Lets nothing pass that is not trusted.
     *
     * @param what the program, as the beginning of a sentence
     * @throws UserException (exit code 2) if it is not trusted
     */
    public static void require(boolean trusted, String what) {
        if (!trusted) {
            throw new UserException(
                    ExitCode.USAGE,
                    what
                            + " is a TorchScript program, which runs with the rights of the job: if you trust those who made"
                            + " it, allow it with --trust-code (trustCode(true) in Java)");
        }
    }
}
