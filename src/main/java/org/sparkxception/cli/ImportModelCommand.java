package org.sparkxception.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.BundleStore;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Labels;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.ModelDescription;
import org.sparkxception.model.Preprocessing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a model bundle of a weight file and its labels. */
@Command(
        name = "import-model",
        description =
                "Makes a model bundle of a network that Keras or timm saved: .keras, .h5, .weights.h5, .safetensors.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ImportModelCommand implements Callable<Integer> {
    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "What Keras saved (.keras, .h5, .weights.h5), or timm (.safetensors).")
    private Path weights;

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "FILE",
            description = "One label a line, or label, tab and id; or Keras' imagenet_class_index.json.")
    private Path labels;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Where the bundle is written.")
    private String output;

    @Mixin
    private ResizeOptions resize;

    @Option(
            names = "--input-size",
            paramLabel = "N",
            description = "Rows and columns of the network's input, where the file does not say. Default: 299.")
    private Optional<Integer> inputSize = Optional.empty();

    @Option(
            names = "--intermediate-activation",
            paramLabel = "none|relu|elu",
            description = "What stands between depthwise and pointwise convolutions, where the file has weights alone."
                    + " Default: none, as in Xception.")
    private Optional<IntermediateActivation> intermediateActivation = Optional.empty();

    @Override
    public Integer call() {
        if (!Files.isRegularFile(weights)) {
            throw new UserException(ExitCode.USAGE, "the weight file " + weights + " is not there: check --weights");
        }
        Preprocessing asked = resize.preprocessing();
        ImportedNetwork network = readNetwork();
        Preprocessing preprocessing = network.scaling()
                .map(scaling -> new Preprocessing(asked.resize(), scaling.mean(), scaling.deviation()))
                .orElse(asked);
        ModelBundle bundle;
        try {
            bundle = ModelBundle.of(network, preprocessing, readLabels());
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, "the labels file " + labels + ": " + e.getMessage(), e);
        }
        BundleStore.write(bundle, output, new Configuration());
        ModelDescription description = ModelDescription.of(bundle);
        System.out.printf(
                "%s: Xception with %,d parameters, %d classes, input %d×%d, %s%nfingerprint %s%n",
                output,
                description.parameters(),
                description.classes(),
                description.input().height(),
                description.input().width(),
                preprocessing.resize().summary(),
                description.fingerprint());
        return ExitCode.COMPLETE.code();
    }

    private ImportedNetwork readNetwork() {
        ImportedNetwork network = WeightFile.read(weights, inputSize);
        try {
            return intermediateActivation.map(network::with).orElse(network);
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, weights + ": " + e.getMessage(), e);
        }
    }

    private Labels readLabels() {
        try {
            return Labels.parse(Files.readString(labels, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new UserException(ExitCode.USAGE, "the labels file " + labels + " is not there: check --labels", e);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the labels file " + labels + " cannot be read as UTF-8: " + e.getMessage(), e);
        }
    }
}
