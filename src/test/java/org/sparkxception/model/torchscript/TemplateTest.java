package org.sparkxception.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
    @Test
    void everyPlaceholderIsReplacedByItsValue() {
        assertThat(Template.fill("min({a}, {b}) + {a}", Map.of("a", 2, "b", "x")))
                .isEqualTo("min(2, x) + 2");
    }

    @Test
    void dataTypesAreThoseOfPyTorch() {
        assertThat(Template.fill("[{uint8}, {int64}, {float32}, {float64}]", Map.of()))
                .isEqualTo("[0, 4, 6, 7]");
    }

    @Test
    void aValueCanContainPlaceholders() {
        assertThat(Template.fill("f({a})", Map.of("a", "g(x, {float32}, {b})", "b", 3)))
                .isEqualTo("f(g(x, 6, 3))");
    }

    @Test
    void aPlaceholderWithoutAValueIsAnError() {
        assertThatThrownBy(() -> Template.fill("min({a}, {b})", Map.of("a", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
    }
}
