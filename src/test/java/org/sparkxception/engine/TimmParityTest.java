package org.sparkxception.engine;

import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.timm.TimmFile;
import org.sparkxception.model.torchscript.OperatorSet;

/** The full network with the formula's weights against what timm 1.0.31 computes with the same weights. */
class TimmParityTest {

    @TempDir
    static Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "PORTABLE"})
    void logitsAreWithinAThousandthOfTimm(OperatorSet dialect) throws Exception {
        Path file = folder.resolve("legacy_xception.safetensors");
        FormulaWeights.writeTimm(file);
        ModelBundle bundle = ModelBundle.of(
                TimmFile.read(file, 299),
                Preprocessing.keras(Interpolation.BICUBIC),
                Collections.nCopies(1000, "class"));
        ProgramRun.assertLogits(bundle, dialect, "timm_logits.json");
    }
}
