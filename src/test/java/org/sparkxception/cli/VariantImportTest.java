package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tensors do not tell of the paper's variants is given as an option, and only then. */
class VariantImportTest {
    private static final String FINE_TUNED = "src/test/resources/org/sparkxception/finetuned/";

    @TempDir
    Path folder;

    private Path model;

    @Test
    void whatStandsBetweenIsGivenForWeightsAlone() throws IOException {
        assertThat(importBundled().exitCode()).isZero();
        assertThat(variant())
                .isEqualTo("with residual connections, no activation between depthwise and pointwise convolutions");

        assertThat(importBundled("--intermediate-activation=elu").exitCode()).isZero();
        assertThat(variant()).isEqualTo("with residual connections, elu between depthwise and pointwise convolutions");
    }

    @Test
    void weightsAloneTellWhetherThereAreResidualConnections() throws IOException {
        CommandLineRun run = importFineTuned("no_residual_weights.weights.h5", "--input-size=71");

        assertThat(run.err()).isEmpty();
        assertThat(variant())
                .isEqualTo("without residual connections, no activation between depthwise and pointwise convolutions");
    }

    @Test
    void aWholeNetworkTellsWhatStandsBetween() throws IOException {
        Path file = Path.of(FINE_TUNED, "relu_between_no_residual.h5");

        assertThat(importFineTuned("relu_between_no_residual.h5").exitCode()).isZero();
        assertThat(variant())
                .isEqualTo("without residual connections, relu between depthwise and pointwise convolutions");
        assertThat(importFineTuned("relu_between_no_residual.h5", "--intermediate-activation=relu")
                        .exitCode())
                .isZero();
        CommandLineRun other = importFineTuned("relu_between_no_residual.h5", "--intermediate-activation=none");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.complaint())
                .isEqualTo("spark-xception: " + file
                        + ": its configuration has relu between depthwise and pointwise convolutions, but"
                        + " --intermediate-activation is none: omit it");
    }

    private CommandLineRun importBundled(String... more) throws IOException {
        return importModel("sample-data/model/fashion-mnist.h5", Path.of("sample-data/model/labels.txt"), more);
    }

    private CommandLineRun importFineTuned(String file, String... more) throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "one\ntwo\nthree\nfour\nfive\n");
        return importModel(FINE_TUNED + file, labels, more);
    }

    private CommandLineRun importModel(String weights, Path labels, String... more) throws IOException {
        model = Files.createTempDirectory(folder, "import").resolve("model");
        return CommandLineRun.of(Stream.concat(
                        Stream.of("import-model", "--weights=" + weights, "--labels=" + labels, "--output=" + model),
                        Arrays.stream(more))
                .toArray(String[]::new));
    }

    private String variant() {
        CommandLineRun run = CommandLineRun.of("describe-model", "--model=" + model);
        return run.out()
                .lines()
                .filter(line -> line.startsWith("variant "))
                .map(line -> line.substring("variant".length()).strip())
                .findFirst()
                .orElseThrow();
    }
}
