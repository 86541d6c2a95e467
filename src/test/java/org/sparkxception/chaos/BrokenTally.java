package org.sparkxception.chaos;

import java.util.List;
import java.util.function.Consumer;

/** What a kind of attack came to, over all operations. */
final class BrokenTally {
    static final String HEAD = """
            | storage | attack | operations | planned | lost | twice | of another run | foreign files touched | wrong to readers | wrong with exit 0 | refused |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """;

    private final BrokenRuns.Attack attack;
    private int operations;
    private long planned;
    private long lost;
    private long twice;
    private long otherRun;
    private long foreign;
    private long wrongToReaders;
    private long wrongWithZero;
    private long refused;

    BrokenTally(BrokenRuns.Attack attack) {
        this.attack = attack;
    }

    /** Counts the rows at the end. */
    void count(RowCounts rows, RowCounts expected, String where, Consumer<String> log) {
        operations++;
        planned += expected.total();
        lost += rows.lostOf(expected);
        twice += rows.twiceOf(expected);
        otherRun += rows.foreignTo(expected);
        if (!rows.equals(expected)) {
            log.accept("%s%d lost, %d twice, %d of another run"
                    .formatted(where, rows.lostOf(expected), rows.twiceOf(expected), rows.foreignTo(expected)));
        }
    }

    /** Looks at what a reader accepts: what was there before, or what the run was to make. */
    void read(RowCounts seen, RowCounts before, RowCounts expected, String where, Consumer<String> log) {
        if (!seen.equals(before) && !seen.equals(expected)) {
            wrongToReaders++;
            log.accept(where + ": " + seen.total());
        }
    }

    void survived(boolean right, String where, Consumer<String> log) {
        if (!right) {
            wrongWithZero++;
            log.accept(where);
        }
    }

    void foreign(List<String> touched, String where, Consumer<String> log) {
        if (!touched.isEmpty()) {
            foreign += touched.size();
            log.accept(where + touched);
        }
    }

    /** A run without faults that did not end with 0. */
    void refused(String where, Consumer<String> log) {
        refused++;
        log.accept(where);
    }

    int operations() {
        return operations;
    }

    boolean isGood() {
        return lost + twice + otherRun + foreign + wrongToReaders + wrongWithZero + refused == 0;
    }

    String row(String storage) {
        return "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |"
                .formatted(
                        storage,
                        attack,
                        operations,
                        planned,
                        lost,
                        twice,
                        otherRun,
                        foreign,
                        wrongToReaders,
                        wrongWithZero,
                        refused);
    }
}
