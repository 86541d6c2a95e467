package org.sparkxception.inference.trial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final float[] EXACT = {0.7f, 0.2f, 0.1f};

    @Test
    void scoresThatAreNoNumbersAgreeWithNothing() {
        Agreement agreement = new Agreement();

        agreement.add(EXACT, new float[] {Float.NaN, Float.NaN, Float.NaN});
        agreement.add(EXACT, new float[] {0.6f, Float.NaN, 0.1f});

        assertThat(agreement.top1()).isZero();
    }

    @Test
    void ofEqualScoresTheFirstIsTheBest() {
        Agreement agreement = new Agreement();

        agreement.add(EXACT, new float[] {0.4f, 0.4f, 0.2f});
        agreement.add(new float[] {0.2f, 0.7f, 0.1f}, new float[] {0.4f, 0.4f, 0.2f});

        assertThat(agreement.top1()).isEqualTo(0.5);
        assertThat(agreement.top5()).isEqualTo(1);
    }
}
