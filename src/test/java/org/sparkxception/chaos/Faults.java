package org.sparkxception.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What becomes of one run's operations that change an output: the n-th fails. File systems and servers that are used for tests ask
 * here before each.
 */
final class Faults {
    /** How an operation fails. */
    enum Kind {
        /** The n-th is not done, and says so. */
        FAILS("fails"),
        /** The n-th is not done, and says so by nothing but its value, as Hadoop's delete, rename and mkdirs may. */
        REFUSED("returns false"),
        /** The n-th is done, but says that it failed. */
        ANSWER_LOST("is done, its answer lost"),
        /** Neither the n-th nor any later one is done: the process is dead. */
        DEAD("is the first that a dead process does not do");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** An operation. */
    interface Operation<T> {
        T run() throws IOException;
    }

    private static final Faults NONE = new Faults(Kind.FAILS, Integer.MAX_VALUE, new Path("/nowhere"));
    private static volatile Faults current = NONE;

    private final Kind kind;
    private final int at;
    private final String output;
    private final List<String> names = Collections.synchronizedList(new ArrayList<>());
    private volatile String met = "";

    private Faults(Kind kind, int at, Path output) {
        this.kind = kind;
        this.at = at;
        this.output = output.toUri().getPath();
    }

    /** From now on operations on this output are counted; none fails. */
    static Faults count(Kind kind, Path output) {
        return begin(kind, Integer.MAX_VALUE, output);
    }

    /** From now on the n-th operation on this output, counted from 1, fails. */
    static Faults begin(Kind kind, int at, Path output) {
        current = new Faults(kind, at, output);
        return current;
    }

    /** From now on nothing fails. */
    static void end() {
        current = NONE;
    }

    /** All operations that could have failed so, in words. */
    List<String> names() {
        return List.copyOf(names);
    }

    /** The n-th operation, in words; empty if there were fewer. */
    String met() {
        return met;
    }

    /** Does an operation, or does not. */
    static <T> T call(String name, Path path, Operation<T> operation) throws IOException {
        return current.meet(Kind.REFUSED, name, path) ? failed(name, path, operation) : operation.run();
    }

    /** Does an operation whose value says whether it was done. */
    static boolean ask(String name, Path path, Operation<Boolean> operation) throws IOException {
        Faults now = current;
        if (now.kind != Kind.REFUSED) {
            return call(name, path, operation);
        }
        return !now.meet(Kind.FAILS, name, path) && operation.run();
    }

    private static <T> T failed(String name, Path path, Operation<T> operation) throws IOException {
        if (current.kind == Kind.ANSWER_LOST) {
            operation.run();
        }
        throw new IOException("no answer: " + name + " " + path);
    }

    /** Counts an operation that is a request to a server, and says whether it fails. */
    static boolean meet(String name) {
        return current.count(name);
    }

    static Kind kind() {
        return current.kind;
    }

    private boolean meet(Kind without, String name, Path path) {
        String there = path.toUri().getPath();
        return kind != without
                && (there + "/").startsWith(output + "/")
                && count(name + " " + there.substring(output.length()));
    }

    private boolean count(String name) {
        int number;
        synchronized (names) {
            names.add(name);
            number = names.size();
        }
        if (number == at) {
            met = name;
        }
        return kind == Kind.DEAD ? number >= at : number == at;
    }
}
