package org.sparkxception.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.model.timm.TimmFile;

class TimmFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"module.", "model.", "_orig_mod.", "_orig_mod.module.", "model._orig_mod."})
    void aNetworkThatWasSavedWithinAnotherModuleIsTheSame(String prefix) throws IOException {
        assertSame(name -> prefix + name);
    }

    @Test
    void theLastLayerMayBeCalledLastLinear() throws IOException {
        assertSame(name -> name.replaceFirst("^fc\\.", "last_linear."));
        assertSame(name -> "module." + name.replaceFirst("^fc\\.", "last_linear."));
    }

    private void assertSame(UnaryOperator<String> rename) throws IOException {
        ImportedNetwork expected = read(name -> name);
        ImportedNetwork found = read(rename);

        assertThat(found.architecture()).isEqualTo(expected.architecture());
        assertThat(found.architecture().classes()).isEqualTo(5);
        for (Weights.Parameter parameter : Weights.parameters(expected.architecture())) {
            assertThat(found.weights()
                            .get(parameter.layer(), parameter.variable())
                            .toArray())
                    .as(parameter.name())
                    .isEqualTo(expected.weights()
                            .get(parameter.layer(), parameter.variable())
                            .toArray());
        }
    }

    private ImportedNetwork read(UnaryOperator<String> rename) throws IOException {
        byte[] renamed = FormulaWeights.narrowTimm(tensors -> {
            Map<String, Tensor> before = new TreeMap<>(tensors);
            tensors.clear();
            before.forEach((name, tensor) -> tensors.put(rename.apply(name), tensor));
        });
        return TimmFile.read(Files.write(folder.resolve("timm.safetensors"), renamed), 71);
    }
}
