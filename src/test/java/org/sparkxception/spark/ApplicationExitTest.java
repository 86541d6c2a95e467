package org.sparkxception.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApplicationExitTest {
    @Test
    void theExceptionCarriesTheCode() {
        assertThat(ApplicationExit.withCode(4).exitCode()).isEqualTo(4);
        assertThat(ApplicationExit.withCode(4)).hasNoCause();
    }
}
