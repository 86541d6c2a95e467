package org.sparkxception.cli;

import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.Resize;
import picocli.CommandLine.Option;

/** How images are resized, in options. */
final class ResizeOptions {
    @Option(
            names = "--resize",
            paramLabel = "LIBRARY",
            defaultValue = "pillow",
            description =
                    "Whose resize is followed, as in training: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE},"
                            + " as Keras' load_img, timm and torchvision; tensorflow is tf.image.resize, as Keras'"
                            + " image_dataset_from_directory.")
    private Resize.Library library;

    @Option(
            names = "--interpolation",
            paramLabel = "KIND",
            defaultValue = "nearest",
            description = "How images are resized: ${COMPLETION-CANDIDATES}, as in training. Default: ${DEFAULT-VALUE},"
                    + " as Keras' load_img.")
    private Interpolation interpolation;

    @Option(
            names = "--antialias",
            paramLabel = "true|false",
            arity = "1",
            description = "Whether TensorFlow's bilinear or bicubic filter widens when shrinking. Default: false, as"
                    + " tf.image.resize. Pillow's always does.")
    private Optional<Boolean> antialias = Optional.empty();

    @Option(
            names = "--crop",
            paramLabel = "CROP_PCT",
            description =
                    "Keep the aspect: the short side becomes the input size divided by this, and the centre is cut"
                            + " out, as timm does; 0.8975 for its legacy_xception. Without it, the aspect is not kept.")
    private Optional<Double> crop = Optional.empty();

    Preprocessing preprocessing() {
        boolean pillow = library == Resize.Library.PILLOW;
        try {
            return Preprocessing.of(new Resize(
                    library,
                    interpolation,
                    antialias.orElse(pillow && interpolation != Interpolation.NEAREST),
                    crop.isPresent() ? Resize.Fit.SHORT_SIDE_AND_CROP : Resize.Fit.STRETCH,
                    crop.orElse(1.0)));
        } catch (IllegalArgumentException e) {
            throw new UserException(ExitCode.USAGE, e.getMessage(), e);
        }
    }
}
