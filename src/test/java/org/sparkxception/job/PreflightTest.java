package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ExitCode;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.bundle.ReferenceOutputs;
import org.sparkxception.model.ModelBundle;

class PreflightTest {
    @TempDir
    Path folder;

    @Test
    void anExecutorThatComputesSomethingElseEndsTheRunBeforeAnythingIsScored() throws Exception {
        ModelBundle model = ReferenceOutputs.addTo(TestModels.tiny(72));
        float[] other = model.knownOutputs().orElseThrow();
        other[0] -= 5;

        assertThatThrownBy(() -> new ClassifyJob(TestSpark.session(), settings(), model.withKnownOutputs(other)).run())
                .isInstanceOf(UserException.class)
                .hasMessageMatching("on cpu\\(\\), the model's outputs for the reference images differ by"
                        + " .+ of the largest output from those at its import\\..+")
                .extracting(fault -> ((UserException) fault).exitCode())
                .isEqualTo(ExitCode.MODEL);

        assertThat(Files.exists(folder.resolve("scores/chunk=00000"))).isFalse();
    }

    private JobSettings settings() {
        return JobSettings.builder(
                        List.of("sample-data/images/Bag"),
                        folder.resolve("scores").toString())
                .build();
    }
}
