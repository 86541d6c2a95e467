package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;

/** What a log tells of a run that goes on. */
class ProgressLineTest {
    private static final ScoringSettings SETTINGS =
            ScoringSettings.builder().fetchThreads(4).decodeThreads(2).build();

    @Test
    void itTellsRateRemainingTimeFailuresAndTheSlowestStage() {
        PipelineStatistics sum = PipelineStatistics.of(Map.of(
                        Counter.ROWS,
                        103L,
                        Counter.SCORED,
                        100L,
                        Counter.FAILED_CORRUPT,
                        2L,
                        Counter.FAILED_MISSING,
                        1L,
                        Counter.FETCH_NANOS,
                        12_000_000_000L,
                        Counter.DECODE_NANOS,
                        4_000_000_000L,
                        Counter.RESIZE_NANOS,
                        4_000_000_000L,
                        Counter.PREDICT_NANOS,
                        3_500_000_000L))
                .between(1_000_000, 1_005_000);

        assertThat(ProgressLine.of(1103, 2103, sum, SETTINGS))
                .isEqualTo("progress images=1103 planned=2103 images_per_second=20.0 seconds_left=50"
                        + " failed_corrupt=2 failed_missing=1 slowest=decode");
    }

    @Test
    void beforeTheFirstBatchItTellsNoRate() {
        assertThat(ProgressLine.of(500, 2000, PipelineStatistics.NONE, SETTINGS))
                .isEqualTo("progress images=500 planned=2000");
    }
}
