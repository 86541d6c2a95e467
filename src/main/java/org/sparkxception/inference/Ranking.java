package org.sparkxception.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.sparkxception.result.Prediction;

/** Orders classes by score. */
final class Ranking {
    private Ranking() {}

    /** Returns the best {@code k} classes (all if there are fewer), best first; ties are ordered by class index. */
    static List<Prediction> top(int k, float[] scores, List<String> labels) {
        Comparator<Integer> worstFirst =
                Comparator.<Integer>comparingDouble(i -> scores[i]).thenComparing(Comparator.<Integer>reverseOrder());
        int count = Math.min(k, scores.length);
        PriorityQueue<Integer> best = new PriorityQueue<>(worstFirst);
        for (int i = 0; i < scores.length; i++) {
            if (best.size() < count) {
                best.add(i);
            } else if (worstFirst.compare(i, best.element()) > 0) {
                best.remove();
                best.add(i);
            }
        }
        List<Integer> order = new ArrayList<>(best);
        order.sort(worstFirst.reversed());
        return order.stream()
                .map(i -> new Prediction(i, labels.get(i), scores[i]))
                .toList();
    }
}
