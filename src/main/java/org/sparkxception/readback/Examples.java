package org.sparkxception.readback;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The first rows in an order, up to a maximum count. */
final class Examples implements Serializable {
    private static final long serialVersionUID = 1;

    private final Order order;
    private final int most;
    private final ArrayList<ResultRow> rows = new ArrayList<>();

    /** Orders that go over the wire, which lambdas would make hard. */
    enum Order implements Comparator<ResultRow> {
        PATH(Comparator.comparing(ResultRow::path)),
        LOWEST_SCORE(Comparator.comparingDouble(ResultRow::score).thenComparing(ResultRow::path)),
        /** The exact reverse of the other one, so that the two ends of the scores do not overlap. */
        HIGHEST_SCORE(LOWEST_SCORE.rows.reversed());

        private final Comparator<ResultRow> rows;

        Order(Comparator<ResultRow> rows) {
            this.rows = rows;
        }

        @Override
        public int compare(ResultRow one, ResultRow other) {
            return rows.compare(one, other);
        }
    }

    Examples(Order order, int most) {
        this.order = order;
        this.most = most;
    }

    void add(ResultRow row) {
        if (rows.size() == most && order.compare(row, rows.get(most - 1)) >= 0) {
            return;
        }
        int found = Collections.binarySearch(rows, row, order);
        rows.add(found < 0 ? -found - 1 : found, row);
        if (rows.size() > most) {
            rows.remove(most);
        }
    }

    void merge(Examples other) {
        other.rows.forEach(this::add);
    }

    /** The rows in order. */
    List<ResultRow> first(long count) {
        return List.copyOf(rows.subList(0, (int) Math.min(count, rows.size())));
    }
}
