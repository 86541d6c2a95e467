package org.sparkxception.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkVersionTest {
    @ParameterizedTest
    @CsvSource({
        "3.4.4, false",
        "2.4.8, false",
        "3.5.0, true",
        "3.5.1-amzn-0, true",
        "3.10.0, true",
        "4.1.3, true",
        "4.0.0-preview2, true",
        "5.0.0-SNAPSHOT, true"
    })
    void spark35AndLaterAreSupported(String version, boolean supported) {
        assertThat(SparkVersion.isSupported(version)).isEqualTo(supported);
    }
}
