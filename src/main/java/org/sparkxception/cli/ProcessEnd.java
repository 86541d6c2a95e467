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

/**
 * Sees to it that this process ends with the code of its run, of the signal that it was sent, or with 1, whoever ends it, and that it says
 * why.
 */
final class ProcessEnd {
    /** As shells have it: 128 and the signal's number. */
    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 129, "INT", 130, "TERM", 143);

    /** Hooks of higher priority come first: Spark's have 25 and more, Hadoop's file systems 10. */
    private static final int AFTER_ALL_OTHERS = 0;

    private OptionalInt decided = OptionalInt.empty();

    private ProcessEnd() {}

    /** Watches this process from now on. */
    static ProcessEnd watched() {
        ProcessEnd end = new ProcessEnd();
        SIGNALS.forEach((signal, code) -> SignalUtils.register(signal, () -> {
            end.decide(() -> {
                Main.fail(ExitCode.UNEXPECTED, "interrupted: run the same command again to resume");
                return code;
            });
            return false; // The JVM does with the signal what it always does: it begins to end.
        }));
        // A thread that is gone may be one that others wait for.
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> end.with(() -> Main.explain(fault)));
        ShutdownHookManager.get().addShutdownHook(end::halt, AFTER_ALL_OTHERS);
        return end;
    }

    /** Ends the process with this code, unless it ends already. */
    void with(IntSupplier code) {
        System.exit(decide(code));
    }

    /** The first to decide says why; what then comes of the work is of no interest. */
    private synchronized int decide(IntSupplier code) {
        if (decided.isEmpty()) {
            decided = OptionalInt.of(code.getAsInt());
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        }
        return decided.getAsInt();
    }

    /**
     * Ends the process when Spark and Hadoop have tidied up. An orderly end of the JVM would take libtorch's own objects away from
     * a thread that still computes, which crashes.
     */
    private void halt() {
        int code = decide(() -> Main.fail(
                ExitCode.UNEXPECTED,
                "unexpected: the process was ended from within, and the log says more: run the same command again to"
                        + " resume"));
        if (code != ExitCode.COMPLETE.code()) {
            System.out.flush();
            Runtime.getRuntime().halt(code);
        }
    }
}
