package org.sparkxception.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.sparkxception.model.Calibration.Channels;

class QuantizationParamsTest {
    @Test
    void aPixelIsItsOwnCode() {
        QuantizationParams pixels = QuantizationParams.ofPixels(3);

        assertThat(pixels.channels()).isEqualTo(3);
        assertThat(pixels.code(2, 200)).isEqualTo(200);
        assertThat(pixels.commonZero()).isZero();
    }

    @Test
    void theRangeOfEveryChannelUsesAllCodes() {
        QuantizationParams params = QuantizationParams.ofRanges(
                new Channels(new float[] {-51, 10}, new float[] {204, 137.5f}, new float[2]));

        assertThat(params.scale()).containsExactly(1, 0.5f);
        assertThat(params.zero()).containsExactly(51, -20);
        assertThat(params.code(0, -51)).isZero();
        assertThat(params.code(0, 204)).isEqualTo(255);
        assertThat(params.code(1, 10)).isZero();
        assertThat(params.code(1, 137.5f)).isEqualTo(255);
    }

    @Test
    void aChannelWithOneValueIsNotAmplifiedWithoutLimit() {
        QuantizationParams params =
                QuantizationParams.ofRanges(new Channels(new float[] {0, 0}, new float[] {255, 0}, new float[2]));

        assertThat(params.scale()).containsExactly(1, 1e-4f);
    }

    @Test
    void aMapOfZerosHasScaleOne() {
        QuantizationParams params =
                QuantizationParams.withCommonZero(new Channels(new float[1], new float[1], new float[1]));

        assertThat(params.scale()).containsExactly(1);
        assertThat(params.commonZero()).isZero();
    }

    @Test
    void positiveChannelsHaveTheCommonZeroZero() {
        QuantizationParams params = QuantizationParams.withCommonZero(
                new Channels(new float[] {0, 3}, new float[] {255, 510}, new float[2]));

        assertThat(params.zero()).containsExactly(0, 0);
        assertThat(params.scale()).containsExactly(1, 2);
    }

    /** With zero at 51 the first channel uses all codes, and the second one those from 51: 2.56 in all, less than at any other. */
    @Test
    void theCommonZeroLosesTheLeastResolution() {
        QuantizationParams params = QuantizationParams.withCommonZero(
                new Channels(new float[] {-51, 0}, new float[] {204, 408}, new float[2]));

        assertThat(params.commonZero()).isEqualTo(51);
        assertThat(params.zero()).containsExactly(51, 51);
        assertThat(params.scale()).containsExactly(1, 2);
        assertThat(params.code(0, -51)).isCloseTo(0, within(1e-4f));
        assertThat(params.code(1, 408)).isEqualTo(255);
    }
}
