package org.sparkxception.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.report.RunDetails.Rate;

class ThroughputTest {
    private final Throughput throughput = new Throughput();

    @Test
    void aDayOfMessagesIsAFewRates() {
        for (int second = 0; second <= 86_400; second++) {
            throughput.add(second, second < 43_200 ? 100L * second : 4_320_000 + 300L * (second - 43_200));
        }

        List<Rate> rates = throughput.rates();

        assertThat(rates).hasSize(80);
        assertThat(rates.get(0).imagesPerSecond()).isCloseTo(100, within(1e-6));
        assertThat(rates.get(79).imagesPerSecond()).isCloseTo(300, within(1e-6));
        assertThat(rates.get(0).seconds()).isEqualTo(2160);
        assertThat(rates.get(79).seconds()).isCloseTo(84_240, within(1e-6));
    }

    @Test
    void messagesThatCarryTenSecondsAreNoPeaks() {
        for (int second = 20; second <= 120; second += 10) {
            throughput.add(second, 50L * (second - 20));
            throughput.add(second + 0.5, 50L * (second - 20));
        }

        assertThat(throughput.rates())
                .allSatisfy(rate -> assertThat(rate.imagesPerSecond()).isBetween(45.0, 55.0));
    }

    @Test
    void theSteadyRateIsThatOfTheSecondHalfOfTheImages() {
        throughput.add(0, 0);
        throughput.add(30, 300);
        throughput.add(50, 700);
        throughput.add(60, 900);
        throughput.add(75, 1200);

        assertThat(throughput.steadyRate()).hasValue(600 / 30.0);
    }

    @Test
    void aSecondHalfOfAFewSecondsHasNoSteadyRate() {
        assertThat(throughput.steadyRate()).isEmpty();
        throughput.add(0, 0);
        throughput.add(7, 700);

        assertThat(throughput.steadyRate()).isEmpty();
    }

    @Test
    void fiveSecondsAreEnoughAtTheEndForASteadyRate() {
        throughput.add(0, 0);
        throughput.add(20, 500);
        throughput.add(25, 1000);

        assertThat(throughput.steadyRate()).hasValue(100.0);
    }

    @Test
    void whatATaskThatFailedTakesBackIsNoNegativeRate() {
        throughput.add(0, 0);
        throughput.add(10, 100);
        throughput.add(20, 60);
        throughput.add(30, 200);

        assertThat(throughput.rates())
                .allSatisfy(rate -> assertThat(rate.imagesPerSecond()).isBetween(0.0, 10.0 + 1e-9));
    }

    @Test
    void whereNothingWasDoneThereIsNoRate() {
        assertThat(throughput.rates()).isEmpty();
        throughput.add(1, 0);
        throughput.add(2, 0);
        assertThat(throughput.rates()).isEmpty();
    }
}
