package org.sparkxception.cli;

import java.util.List;
import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.PixelScaling;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Resize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that specify how images are prepared for the network. */
@Command(optionListHeading = "Preprocessing:")
final class PreprocessingOptions {
    @Option(
            names = "--resize",
            paramLabel = "LIBRARY",
            defaultValue = "pillow",
            description =
                    "Library whose resize to reproduce, as in training: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE},"
                            + " as in Keras' load_img, timm and torchvision; tensorflow is tf.image.resize, as in Keras'"
                            + " image_dataset_from_directory.")
    private Resize.Library library;

    @Option(
            names = "--interpolation",
            paramLabel = "KIND",
            defaultValue = "nearest",
            description =
                    "Interpolation of the resize, as in training: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE},"
                            + " as in Keras' load_img.")
    private Interpolation interpolation;

    @Option(
            names = "--antialias",
            paramLabel = "true|false",
            arity = "1",
            description = "Whether TensorFlow's bilinear or bicubic filter widens when downscaling. Default: false, as"
                    + " in tf.image.resize. Pillow's filter always widens.")
    private Optional<Boolean> antialias = Optional.empty();

    @Option(
            names = "--crop",
            paramLabel = "CROP_PCT",
            description =
                    "Keep the aspect ratio: resize the short side to the input size divided by this, then crop the center,"
                            + " as timm does; 0.8975 for its legacy_xception. Without it, the aspect ratio is not kept.")
    private Optional<Double> crop = Optional.empty();

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            split = ",",
            description =
                    "Mean to subtract from the pixel values, on a scale of 0 to 1. Default: 0.5,0.5,0.5; torchvision's"
                            + " networks use 0.485,0.456,0.406.")
    private List<Double> mean = List.of();

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            description =
                    "Standard deviation to divide by, on a scale of 0 to 1. Default: 0.5,0.5,0.5; torchvision's networks use"
                            + " 0.229,0.224,0.225.")
    private List<Double> deviation = List.of();

    Preprocessing preprocessing() {
        requireScale("--mean", mean);
        requireScale("--std", deviation);
        boolean pillow = library == Resize.Library.PILLOW;
        try {
            Preprocessing usual = Preprocessing.of(new Resize(
                    library,
                    interpolation,
                    antialias.orElse(pillow && interpolation != Interpolation.NEAREST),
                    crop.isPresent() ? Resize.Fit.SHORT_SIDE_AND_CROP : Resize.Fit.STRETCH,
                    crop.orElse(1.0)));
            return new Preprocessing(
                    usual.resize(),
                    mean.isEmpty() ? usual.mean() : mean,
                    deviation.isEmpty() ? usual.deviation() : deviation);
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    /** Preprocessing for a network with built-in normalization. */
    Preprocessing preprocessing(PixelScaling own) {
        if (!mean.isEmpty() || !deviation.isEmpty()) {
            throw new UserException(ExitCode.USAGE, "the network normalizes its input itself: omit --mean and --std");
        }
        return new Preprocessing(preprocessing().resize(), own.mean(), own.deviation());
    }

    private static void requireScale(String option, List<Double> values) {
        if (!values.stream().allMatch(value -> value >= 0 && value <= 1)) {
            throw new UserException(
                    ExitCode.USAGE, option + " must be on a scale of 0 to 1 but was " + values + ": divide by 255");
        }
    }
}
