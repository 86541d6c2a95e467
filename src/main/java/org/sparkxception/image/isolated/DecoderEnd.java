package org.sparkxception.image.isolated;

import java.util.Set;
import java.util.stream.Collectors;

/** How a {@link DecoderProcess} ended.
 *
 * @param stopped whether its time was up
 * @param words what it said at last
 */
record DecoderEnd(int exitCode, boolean stopped, String words) {
    /** As shells have it: the signals HUP, INT, QUIT, KILL and TERM come from outside. */
    private static final Set<Integer> ENDED_BY_OTHERS = Set.of(129, 130, 131, 137, 143);

    private static final int KILLED = 137;

    /** What the JVM says where the system gives it no memory, in the form of a crash. */
    private static final String NO_MEMORY = "insufficient memory for the Java Runtime Environment";

    /** Whether it is the file's doing, and not that of the machine, its users, or a bug of ours. */
    boolean isByFile() {
        return !stopped
                && !ENDED_BY_OTHERS.contains(exitCode)
                && exitCode != DecoderProcess.HEAP_EXHAUSTED
                && exitCode != DecoderProcess.FAILED
                && !words.contains(NO_MEMORY);
    }

    /** What happened and what to do, where it is not the file's doing. */
    String explanation() {
        if (exitCode == DecoderProcess.HEAP_EXHAUSTED) {
            return "the Java heap of the process that decodes suspicious images is too small: raise spark.executor.memory (in"
                    + " local mode -Xmx)";
        } else if (exitCode == KILLED || words.contains(NO_MEMORY)) {
            return "the process that decodes suspicious images was killed, probably since the machine or the container has no"
                    + " memory left: raise spark.executor.memoryOverhead, or lower --decode-threads or --max-pixels";
        }
        return "the process that decodes suspicious images ended with exit code " + exitCode + quoted();
    }

    /** The words in one line. */
    String quoted() {
        String line =
                words.lines().map(String::strip).filter(text -> !text.isEmpty()).collect(Collectors.joining(" "));
        return line.isEmpty() ? "" : ": " + line;
    }
}
