package org.sparkxception.model.torchscript;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One character per byte; {@code python3 -m pickletools} explains them. */
class PickleTest {
    @Test
    void anEmptyTuple() {
        assertThat(new String(Pickle.emptyTuple(), ISO_8859_1)).isEqualTo("\u0080\u0002).");
    }

    @Test
    void anObjectHasItsAttributesInOrder() {
        Map<String, Pickle.Value> attributes = new LinkedHashMap<>();
        attributes.put("training", Pickle.bool(false));
        attributes.put("é", Pickle.bool(true));

        assertThat(new String(Pickle.object("__torch__", "M", attributes), ISO_8859_1))
                .isEqualTo("\u0080\u0002c__torch__\nM\n)\u0081}("
                        + "X\u0008\0\0\0training\u0089"
                        + "X\u0002\0\0\0\u00c3\u00a9\u0088"
                        + "ub.");
    }

    @Test
    void aTensorIsRebuiltFromItsStorage() {
        Pickle.Value tensor = Pickle.tensor("FloatStorage", "7", new int[] {2, 300}, new int[] {300, 1});

        assertThat(new String(Pickle.object("__torch__", "M", Map.of("w", tensor)), ISO_8859_1))
                .isEqualTo("\u0080\u0002c__torch__\nM\n)\u0081}("
                        + "X\u0001\0\0\0w"
                        + "ctorch._utils\n_rebuild_tensor_v2\n("
                        + "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\u00007X\u0003\0\0\0cpuJX\u0002\0\0tQ"
                        + "J\0\0\0\0"
                        + "(J\u0002\0\0\0J,\u0001\0\0t"
                        + "(J,\u0001\0\0J\u0001\0\0\0t"
                        + "\u0089ccollections\nOrderedDict\n)RtR"
                        + "ub.");
    }
}
