package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.model.Activation;
import org.sparkxception.result.Prediction;

class RankingTest {
    private static final List<String> LABELS = List.of("ant", "bee", "cat", "dog");

    @Test
    void theBestComesFirstAndOfEqualScoresTheLowerIndex() {
        assertThat(Ranking.top(3, new float[] {0.2f, 0.5f, 0.2f, 0.1f}, LABELS))
                .containsExactly(
                        new Prediction(1, "bee", 0.5f), new Prediction(0, "ant", 0.2f), new Prediction(2, "cat", 0.2f));
    }

    @Test
    void moreThanThereAreClassesGivesAll() {
        assertThat(Ranking.top(99, new float[] {1, 2, 3, 4}, LABELS))
                .extracting(Prediction::label)
                .containsExactly("dog", "cat", "bee", "ant");
    }

    @Test
    void softmaxHoldsForLargeLogits() {
        float[] scores = {1000, 1001, 998};
        Activation.SOFTMAX.apply(scores);
        assertThat(scores[0]).isCloseTo(0.25949648f, within(1e-6f));
        assertThat(scores[1]).isCloseTo(0.7053845f, within(1e-6f));
        assertThat(scores[2]).isCloseTo(0.03511903f, within(1e-6f));
    }

    @Test
    void sigmoidTakesEachClassByItself() {
        float[] scores = {0, 2, -100};
        Activation.SIGMOID.apply(scores);
        assertThat(scores[0]).isEqualTo(0.5f);
        assertThat(scores[1]).isCloseTo(0.880797f, within(1e-6f));
        assertThat(scores[2]).isCloseTo(0, within(1e-6f));
    }
}
