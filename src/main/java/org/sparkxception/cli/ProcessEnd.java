package org.sparkxception.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.util.SignalUtils;
import org.sparkxception.ExitCode;
import org.sparkxception.cli.Explanation.Retry;

/**
 * Ensures that this process ends with the exit code of its run or of the signal that it received, or else with 1, and that it prints
 * the reason, whatever ends it.
 */
final class ProcessEnd {
    /** The convention of shells: 128 plus the number of the signal. */
    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 129, "INT", 130, "TERM", 143);

    /** Hooks with a higher priority run first: those of Spark have 25 and more, those of Hadoop filesystems 10. */
    private static final int AFTER_ALL_OTHERS = 0;

    private final Retry retry;
    private OptionalInt decided = OptionalInt.empty();

    private ProcessEnd(Retry retry) {
        this.retry = retry;
    }

    /** Installs the handlers for signals, uncaught exceptions and shutdown. Their messages say how the command continues. */
    static ProcessEnd watched(Retry retry) {
        ProcessEnd end = new ProcessEnd(retry);
        SIGNALS.forEach((signal, code) -> SignalUtils.register(signal, () -> {
            end.decide(() -> {
                Main.fail(ExitCode.UNEXPECTED, "interrupted: " + retry.advice());
                return code;
            });
            return false; // The JVM also handles the signal as usual, and shuts down.
        }));
        // Other threads may wait for a thread that has died.
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> end.with(() -> Main.explain(fault, retry)));
        ShutdownHookManager.get().addShutdownHook(end::halt, AFTER_ALL_OTHERS);
        return end;
    }

    /** Ends the process with this code, or with the code that is already decided. */
    void with(IntSupplier code) {
        System.exit(decide(code));
    }

    /** The first caller decides the code and prints the reason; later errors are not printed. */
    private synchronized int decide(IntSupplier code) {
        if (decided.isEmpty()) {
            decided = OptionalInt.of(code.getAsInt());
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        }
        return decided.getAsInt();
    }

    /**
     * Halts the process after the shutdown hooks of Spark and Hadoop. A normal exit of the JVM would destroy objects of libtorch while
     * a thread still computes with them, which crashes.
     */
    private void halt() {
        int code = decide(() -> Main.fail(
                ExitCode.UNEXPECTED,
                "unexpected: the JVM was shut down from inside the process (see the log): " + retry.advice()));
        if (code != ExitCode.COMPLETE.code()) {
            System.out.flush();
            Runtime.getRuntime().halt(code);
        }
    }
}
