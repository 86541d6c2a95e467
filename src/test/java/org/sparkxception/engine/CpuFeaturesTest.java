package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
    @Test
    void aServerOf2023HasBoth() {
        CpuFeatures features = CpuFeatures.of(List.of(
                "model name\t: some server", "flags\t\t: fpu avx2 avx512f avx512_vnni avx512_bf16", "bugs\t\t: none"));

        assertThat(features.lacksBf16()).isFalse();
        assertThat(features.lacksInt8()).isFalse();
    }

    @Test
    void aServerOf2019LacksBfloat16() {
        CpuFeatures features = CpuFeatures.of(List.of("flags\t\t: fpu avx2 avx512f avx512_vnni"));

        assertThat(features.lacksBf16()).isTrue();
        assertThat(features.lacksInt8()).isFalse();
    }

    @Test
    void aServerOf2016LacksBoth() {
        CpuFeatures features = CpuFeatures.of(List.of("flags\t\t: fpu avx2"));

        assertThat(features.lacksBf16()).isTrue();
        assertThat(features.lacksInt8()).isTrue();
    }

    @Test
    void armServersNameThemOtherwise() {
        CpuFeatures features = CpuFeatures.of(List.of("Features\t: fp asimd asimddp bf16"));

        assertThat(features.lacksBf16()).isFalse();
        assertThat(features.lacksInt8()).isFalse();
    }

    @Test
    void whereNothingIsListedNothingIsKnownToBeLacking() {
        assertThat(CpuFeatures.of(List.of("processor : 0")).lacksBf16()).isFalse();
        assertThat(CpuFeatures.of(List.of()).lacksInt8()).isFalse();
    }
}
