package org.sparkxception.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.ExitCode;
import org.sparkxception.PlainText;
import org.sparkxception.UserException;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.bundle.ModelCalibration;
import org.sparkxception.bundle.ReferenceOutputs;
import org.sparkxception.bundle.TorchScriptCheck;
import org.sparkxception.inference.CodeTrust;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.Labels;
import org.sparkxception.model.LabelsFile;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.ModelDescription;
import org.sparkxception.model.Network;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.TorchScriptNetwork;
import org.sparkxception.model.keras.InputSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates a model bundle from a weight file and its labels. */
@Command(
        name = "import-model",
        customSynopsis = "spark-xception import-model --weights=FILE --output=DIR [OPTIONS]",
        description = "Creates a model bundle from a network saved by Keras or timm, or from a TorchScript program.",
        optionListHeading = "Model:",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: a network that Keras saved, and its class names",
            "  spark-xception import-model --weights flowers.keras --labels flowers.txt \\",
            "    --output models/flowers"
        })
final class ImportModelCommand implements Callable<Integer> {
    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "File saved by Keras (.keras, .h5, .weights.h5), timm (.safetensors) or torch.jit (.pt).")
    private Path weights;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "One label per line, or label, tab and id; or JSON: a list, id2label or the config.json with it, or"
                            + " Keras' imagenet_class_index.json. Two labels for a network with one output. Required unless the"
                            + " network has no classes.")
    private Optional<Path> labels = Optional.empty();

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory for the bundle.")
    private String output;

    @Mixin
    private PreprocessingOptions options;

    @Option(
            names = "--input-size",
            paramLabel = "N",
            description = "Height and width of the network's input, if the file does not specify them. Default: 299.")
    private Optional<Integer> inputSize = Optional.empty();

    @Option(
            names = "--calibrate",
            paramLabel = "URI",
            description = "Directory of images like those to be scored: prepares the model for --precision int8."
                    + " Without it, classify calibrates on images of its run.")
    private Optional<String> calibrate = Optional.empty();

    @Mixin
    private TrustOption trust;

    @Option(
            names = "--outputs",
            paramLabel = "KIND",
            defaultValue = "logits",
            description =
                    "Outputs of a TorchScript program: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, which classify"
                            + " turns into scores, with softmax unless --activation is set; probabilities are used as scores.")
    private TorchScriptNetwork.Outputs outputs;

    @Option(
            names = "--intermediate-activation",
            paramLabel = "KIND",
            description = "Activation between depthwise and pointwise convolutions, if the file contains only weights:"
                    + " ${COMPLETION-CANDIDATES}."
                    + " Default: none, as in Xception.")
    private Optional<IntermediateActivation> intermediateActivation = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        WeightFile.requireFile(weights);
        Preprocessing asked = options.preprocessing();
        ModelBundle bundle =
                WeightFile.isProgram(weights) ? ofProgram(asked) : calibrated(ReferenceOutputs.addTo(ofWeights(asked)));
        BundleStore.write(bundle, output, new Configuration());
        ModelDescription description = ModelDescription.of(bundle);
        System.out.printf(
                "%s: %s, %s, input %d×%d, %s%nfingerprint %s%n",
                PlainText.of(output),
                bundle.network() instanceof TorchScriptNetwork
                        ? "a TorchScript program"
                        : "Xception with %,d parameters".formatted(description.parameters()),
                description.classes() == 0 ? "no classes" : description.classes() + " classes",
                description.input().height(),
                description.input().width(),
                description.preprocessing().resize().summary(),
                description.fingerprint());
        return ExitCode.COMPLETE.code();
    }

    private ModelBundle calibrated(ModelBundle bundle) throws InterruptedException {
        return calibrate.isEmpty() ? bundle : ModelCalibration.calibrated(bundle, calibrate.get(), new Configuration());
    }

    private ModelBundle ofWeights(Preprocessing asked) {
        ImportedNetwork network = readNetwork();
        Preprocessing preprocessing =
                network.scaling().map(options::preprocessing).orElse(asked);
        int classes = network.architecture().classes();
        Labels names = labels.isEmpty() && classes == 0
                ? Labels.of(List.of())
                : readLabels("the network has " + classes + " classes");
        try {
            ModelBundle bundle = ModelBundle.of(network, preprocessing, names);
            warnOfSize(network.sizeTold(), bundle.network());
            return bundle;
        } catch (IllegalArgumentException e) {
            throw unfitting(e);
        }
    }

    private void warnOfSize(boolean told, Network network) {
        if (!told && inputSize.isEmpty()) {
            System.err.printf(
                    "spark-xception: warning: %s does not specify the input size of the network, and %d×%d is assumed: if it was"
                            + " trained with another size, import it again with --input-size%n",
                    weights, network.inputHeight(), network.inputWidth());
        }
    }

    private ImportedNetwork readNetwork() {
        ImportedNetwork network = WeightFile.read(weights, inputSize);
        try {
            return intermediateActivation.map(network::with).orElse(network);
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, weights + ": " + e.getMessage(), e);
        }
    }

    private UserException unfitting(IllegalArgumentException e) {
        return new UserException(ExitCode.USAGE, "the labels file " + labels.orElseThrow() + ": " + e.getMessage(), e);
    }

    private ModelBundle ofProgram(Preprocessing preprocessing) {
        CodeTrust.require(trust.isGiven(), weights.toString());
        Labels names = readLabels("a TorchScript program does not specify its classes");
        try {
            int size = new InputSize(inputSize).unknown();
            byte[] archive = WeightFile.readProgram(weights);
            int asked = names.names().size();
            ModelBundle bundle =
                    ModelBundle.of(new TorchScriptNetwork(size, size, asked, outputs), archive, preprocessing, names);
            int units = TorchScriptCheck.run(bundle);
            warnOfSize(false, bundle.network());
            return units == asked
                    ? bundle
                    : ModelBundle.of(new TorchScriptNetwork(size, size, units, outputs), archive, preprocessing, names);
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, weights + " cannot be used as a model: " + e.getMessage(), e);
        }
    }

    /** @param reason why labels are required, for the error message */
    private Labels readLabels(String reason) {
        Path file =
                labels.orElseThrow(() -> new UserException(ExitCode.USAGE, reason + ": set their names with --labels"));
        try {
            return LabelsFile.read(file);
        } catch (NoSuchFileException e) {
            throw new UserException(ExitCode.USAGE, "the labels file " + file + " does not exist: check --labels", e);
        } catch (IllegalArgumentException e) {
            throw unfitting(e);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.USAGE, "the labels file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
