package org.sparkxception.image.isolated;

import java.util.Set;
import java.util.stream.Collectors;

/** How a {@link DecoderProcess} ended.
 *
 * @param stopped whether it was killed because it exceeded its time limit
 * @param words the end of its output
 */
record DecoderEnd(int exitCode, boolean stopped, String words) {
    /** Exit codes of a process killed from outside: 128 + the signals HUP, INT, QUIT, KILL and TERM. */
    private static final Set<Integer> ENDED_BY_OTHERS = Set.of(129, 130, 131, 137, 143);

    private static final int KILLED = 137;

    /** Part of the JVM's crash report if the system cannot allocate memory. */
    private static final String NO_MEMORY = "insufficient memory for the Java Runtime Environment";

    /** Whether the file is the cause, and not the machine, its users, or a bug. */
    boolean isByFile() {
        return !stopped
                && !ENDED_BY_OTHERS.contains(exitCode)
                && exitCode != DecoderProcess.HEAP_EXHAUSTED
                && exitCode != DecoderProcess.FAILED
                && !words.contains(NO_MEMORY);
    }

    /** Describes the error and its solution, if the file is not the cause. */
    String explanation() {
        if (exitCode == DecoderProcess.HEAP_EXHAUSTED) {
            return "the Java heap of the isolated decoder process is too small: raise spark.executor.memory (-Xmx in"
                    + " local mode)";
        } else if (exitCode == KILLED || words.contains(NO_MEMORY)) {
            return "the isolated decoder process was killed, probably because the machine or container is out of"
                    + " memory: raise spark.executor.memoryOverhead, or lower `decode-threads` or `max-pixels`";
        }
        return "the isolated decoder process exited with code " + exitCode + quoted();
    }

    /** The output in one line, after a colon; empty if there is none. */
    String quoted() {
        String line =
                words.lines().map(String::strip).filter(text -> !text.isEmpty()).collect(Collectors.joining(" "));
        return line.isEmpty() ? "" : ": " + line;
    }
}
