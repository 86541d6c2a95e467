package org.sparkxception;

/**
 * An error that the user can fix: one sentence with the value, the place and the solution, and the exit code of the process.
 *
 * <p>The sentence has the names of settings in backticks, as in {@code conf/job.properties}: "omit `top-k`". The command line writes
 * them as options; in Java, the setter of a builder has the same name in camel case, {@code topK}.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    public UserException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public UserException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
