package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.LongTest;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Resize;

/** The preprocessing that was asked for stands in the bundle, and its images reach the network. */
class PreprocessingOptionsTest {
    private static final Pattern ACCURACY = Pattern.compile("accuracy +([0-9.]+)");

    @TempDir
    Path folder;

    @Test
    void thePixelsOfTensorFlowAreScoredAsFloats() {
        CommandLineRun imported = importModel("--resize=tensorflow", "--interpolation=bilinear", "--antialias=true");
        assertThat(imported.out()).contains("input 56×56, bilinear resize of TensorFlow, antialiased");
        assertThat(resize()).isEqualTo(Resize.tensorflow(Interpolation.BILINEAR, true));

        // As the bundled model, whose images Pillow's bilinear filter resized in training.
        assertThat(accuracy()).isGreaterThan(0.94);
    }

    @LongTest
    @Test
    void theCropOfTimmIsScored() {
        CommandLineRun imported = importModel("--interpolation=bicubic", "--crop=0.96");
        assertThat(imported.out()).contains("input 56×56, bicubic resize, short side and crop of 0.96");
        assertThat(resize()).isEqualTo(Resize.timm(Interpolation.BICUBIC, 0.96));

        assertThat(accuracy()).isGreaterThan(0.8);
    }

    @Test
    void whatNoLibraryDoesEndsWithTwo() {
        CommandLineRun run = importModel("--interpolation=bilinear", "--antialias=false");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: Pillow always antialiases: use TensorFlow's resize, or nearest");
        assertThat(importModel("--resize=tensorflow", "--interpolation=bilinear", "--crop=0.9")
                        .complaint())
                .isEqualTo("spark-xception: a crop requires Pillow's bilinear or bicubic resize");
    }

    @Test
    void theNormalizationThatWasAskedForStandsInTheBundle() {
        assertThat(importModel("--mean=0.485,0.456,0.406", "--std=0.229,0.224,0.225")
                        .exitCode())
                .isZero();

        assertThat(preprocessing().mean()).containsExactly(0.485, 0.456, 0.406);
        assertThat(preprocessing().deviation()).containsExactly(0.229, 0.224, 0.225);
    }

    @Test
    void aNormalizationOfTwoChannelsEndsWithTwo() {
        assertThat(importModel("--mean=0.5,0.5").complaint())
                .isEqualTo("spark-xception: mean and deviation must have one value for each of the 3 channels but were"
                        + " [0.5, 0.5] and [0.5, 0.5, 0.5]");
    }

    @Test
    void aNetworkThatNormalizesItsInputTakesNoOtherNormalization() throws IOException {
        Path file = folder.resolve("preprocess_input.keras");
        try (InputStream stream =
                getClass().getResourceAsStream("/org/sparkxception/finetuned/preprocess_input.keras")) {
            Files.copy(stream, file);
        }

        CommandLineRun run = CommandLineRun.of(
                "import-model",
                "--weights=" + file,
                "--labels=sample-data/model/labels.txt",
                "--output=" + folder.resolve("model"),
                "--std=0.2,0.2,0.2");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the network normalizes its input itself: omit --mean and --std");
    }

    private CommandLineRun importModel(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "import-model",
                "--weights=sample-data/model/fashion-mnist.h5",
                "--labels=sample-data/model/labels.txt",
                "--input-size=56",
                "--output=" + folder.resolve("model")));
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private Resize resize() {
        return preprocessing().resize();
    }

    private Preprocessing preprocessing() {
        return BundleStore.read(folder.resolve("model").toString(), new Configuration())
                .preprocessing();
    }

    private double accuracy() {
        CommandLineRun run = CommandLineRun.of(
                "classify",
                "--model=" + folder.resolve("model"),
                "--input=sample-data/images",
                "--output=" + folder.resolve("scores"),
                "--truth=parent-directory");
        assertThat(run.exitCode()).isZero();
        Matcher accuracy = ACCURACY.matcher(run.out());
        assertThat(accuracy.find()).isTrue();
        return Double.parseDouble(accuracy.group(1));
    }
}
