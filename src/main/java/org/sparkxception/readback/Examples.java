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

    /** An enum, because lambdas cannot be sent by Kryo. */
    enum Order implements Comparator<ResultRow> {
        PATH,
        LOWEST_SCORE,
        /** The exact reverse of {@link #LOWEST_SCORE}, so that the two ends do not overlap. */
        HIGHEST_SCORE;

        @Override
        public int compare(ResultRow one, ResultRow other) {
            return switch (this) {
                case PATH -> one.path().compareTo(other.path());
                case LOWEST_SCORE -> byScore(one, other);
                case HIGHEST_SCORE -> byScore(other, one);
            };
        }

        private static int byScore(ResultRow one, ResultRow other) {
            int scores = Float.compare(one.score(), other.score());
            return scores != 0 ? scores : one.path().compareTo(other.path());
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
