package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.LongTest;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.FormulaWeights;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;

/** What oneDNN says that it does while the full network scores: its log is written by native code, so the loop runs in a process of its own. */
@LongTest
class PackedWeightsTest {
    private static final int LARGE = 100_000;

    @TempDir
    Path folder;

    /** Weights that were packed for another size of the feature map are laid out anew in every call, which took half of the time. */
    @Test
    void weightsAreLaidOutWhenTheModelIsLoadedAndNeverAfterwards() throws Exception {
        writeCalibratedModel();
        Path log = folder.resolve("log");
        ProcessBuilder loop = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@conf/jvm.options",
                        "-Xmx2g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineLoop.class.getName(),
                        folder.resolve("model").toString(),
                        "1",
                        "8",
                        "1",
                        "int8")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        loop.environment().put("ONEDNN_VERBOSE", "profile_exec");
        loop.environment().put("OMP_NUM_THREADS", "1");

        assertThat(loop.start().waitFor()).isZero();

        List<String> calls = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("onednn_verbose") && line.contains(",exec,cpu,"))
                .toList();
        List<String> later = calls.subList(calls.size() / 2, calls.size());
        assertThat(later).anyMatch(line -> line.contains(",convolution,") && line.contains("ic1536oc2048"));
        assertThat(calls).anyMatch(PackedWeightsTest::laysOutLargeWeights);
        assertThat(later).noneMatch(PackedWeightsTest::laysOutLargeWeights);
    }

    /** Such as {@code …,reorder,jit:uni,…,attr-scratchpad:user,,2048x1536x1x1,12.5}. */
    private static boolean laysOutLargeWeights(String line) {
        String[] parts = line.split(",", -1);
        return line.contains(",reorder,")
                && Arrays.stream(parts[parts.length - 2].split("x", -1))
                                .mapToLong(Long::parseLong)
                                .reduce(1, Math::multiplyExact)
                        > LARGE;
    }

    private void writeCalibratedModel() throws Exception {
        Path file = folder.resolve("xception.h5");
        FormulaWeights.writePublished(file);
        ModelBundle bundle = ModelBundle.of(
                KerasFile.readHdf(file, new InputSize(Optional.empty())),
                Preprocessing.keras(Interpolation.NEAREST),
                Collections.nCopies(1000, "class"));
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            images.add(new byte[299 * 299 * 3]);
            new Random(i).nextBytes(images.get(i));
        }
        try (ScoringModel exact = ScoringModel.load(bundle, Precision.FP32, Device.cpu(), false)) {
            Calibration calibration = Calibrator.calibrate(bundle, exact, images);
            Path model = Files.createDirectories(folder.resolve("model"));
            BundleStore.write(bundle.with(calibration), model.toString(), new Configuration());
        }
    }
}
