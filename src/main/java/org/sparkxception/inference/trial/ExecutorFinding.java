package org.sparkxception.inference.trial;

import java.io.Serializable;
import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** The result of a preflight task: the facts of an executor, or the reason why the model does not work on it. */
public final class ExecutorFinding implements Serializable {
    private static final long serialVersionUID = 1;

    private final ExecutorFacts facts;
    private final ExitCode exitCode;
    private final String fault;

    private ExecutorFinding(ExecutorFacts facts, ExitCode exitCode, String fault) {
        this.facts = facts;
        this.exitCode = exitCode;
        this.fault = fault;
    }

    public static ExecutorFinding of(ExecutorFacts facts) {
        return new ExecutorFinding(facts, ExitCode.COMPLETE, "");
    }

    public static ExecutorFinding of(UserException fault) {
        return new ExecutorFinding(null, fault.exitCode(), fault.getMessage());
    }

    /** The facts; empty if the model does not work. */
    public Optional<ExecutorFacts> facts() {
        return Optional.ofNullable(facts);
    }

    /** The reason why the model does not work, with the executor's name; empty if it works. */
    public Optional<UserException> fault() {
        return facts == null ? Optional.of(new UserException(exitCode, fault)) : Optional.empty();
    }
}
