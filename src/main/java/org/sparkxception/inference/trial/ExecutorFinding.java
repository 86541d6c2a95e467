package org.sparkxception.inference.trial;

import java.io.Serializable;
import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** What came of a task of the preflight: the facts of an executor, or why the model does not work on it. */
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

    /** None where the model does not work. */
    public Optional<ExecutorFacts> facts() {
        return Optional.ofNullable(facts);
    }

    /** Why the model does not work, with the executor's name; none where it does. */
    public Optional<UserException> fault() {
        return facts == null ? Optional.of(new UserException(exitCode, fault)) : Optional.empty();
    }
}
