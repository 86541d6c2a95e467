package org.sparkxception.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.UserException;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;

class ReferenceOutputsTest {
    @Test
    void aMachineThatComputesTheSameRunsTheFusedProgram() throws Exception {
        ModelBundle model = ReferenceOutputs.addTo(TestModels.tiny(5));

        assertThat(model.knownOutputs().orElseThrow()).hasSize(2 * 3);
        try (ScoringModel loaded = ScoringModel.load(model, Precision.FP32, Device.cpu(), true)) {
            assertThat(loaded.isFallback()).isFalse();
        }
    }

    @Test
    void aMachineThatComputesSomethingElseDoesNotScore() throws Exception {
        ModelBundle model = ReferenceOutputs.addTo(TestModels.tiny(6));
        float[] other = model.knownOutputs().orElseThrow();
        other[4] += 3;

        assertThatThrownBy(() -> ScoringModel.load(model.withKnownOutputs(other), Precision.FP32, Device.cpu(), false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("on cpu(), the model's outputs for the reference images differ by ")
                .extracting(fault -> ((UserException) fault).exitCode())
                .isEqualTo(ExitCode.MODEL);
    }
}
