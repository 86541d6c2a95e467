package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.timm.TimmFile;
import org.sparkxception.model.torchscript.Dialect;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** The full network with the formula's weights against what timm 1.0.31 computes with the same weights. */
class TimmParityTest {
    private static final String GOLDENS = "/org/sparkxception/goldens/";

    @TempDir
    static Path folder;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void logitsAreWithinAThousandthOfTimm(Dialect dialect) throws Exception {
        Path file = folder.resolve("legacy_xception.safetensors");
        FormulaWeights.writeTimm(file);
        ModelBundle bundle = ModelBundle.of(
                TimmFile.read(file, 299),
                Preprocessing.keras(Interpolation.BICUBIC),
                Collections.nCopies(1000, "class"));
        JsonNode expected = json("timm_logits.json");
        assertThat(expected.size()).isEqualTo(4);
        try (TorchProgram program =
                TorchProgram.load(TorchScriptCompiler.compile(bundle, dialect, List.of()), Device.cpu())) {
            for (Map.Entry<String, JsonNode> image : expected.properties()) {
                float[] logits = ProgramRun.outputs(program, ProgramRun.golden(image.getKey()), 299, 299)
                        .get(0);
                for (int i = 0; i < 1000; i++) {
                    assertThat(logits[i])
                            .as("class %d of %s", i, image.getKey())
                            .isCloseTo((float) image.getValue().get(i).asDouble(), within(1e-3f));
                }
            }
        }
    }

    private static JsonNode json(String name) throws IOException {
        try (InputStream stream = TimmParityTest.class.getResourceAsStream(GOLDENS + name)) {
            return new JsonMapper().readTree(stream);
        }
    }
}
