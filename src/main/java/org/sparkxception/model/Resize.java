package org.sparkxception.model;

/**
 * How an image of any size becomes one of the network's input size.
 *
 * <p>Source of the fit with a crop: {@code transforms_imagenet_eval} of timm 1.0, {@code Resize} and {@code CenterCrop} of
 * torchvision.
 *
 * @param library whose results are followed
 * @param interpolation how values between pixels are found
 * @param antialias whether filters are widened when shrinking, so that every pixel counts: Pillow always does
 * @param fit what happens to the aspect
 * @param cropPct the part of the short side that is kept by the crop; 1 without one. {@code crop_pct} of timm
 */
public record Resize(Library library, Interpolation interpolation, boolean antialias, Fit fit, double cropPct) {
    private static final double MIN_CROP_PCT = 0.1;
    private static final double MAX_CROP_PCT = 10;

    /** Which library's results are followed. */
    public enum Library {
        /** Pillow 13, as Keras' {@code load_img} and torchvision call it: levels are rounded after each direction. */
        PILLOW,
        /** TensorFlow's {@code tf.image.resize}: nothing is rounded. */
        TENSORFLOW
    }

    /** What happens to the aspect. */
    public enum Fit {
        /** Both sides become those of the input, and the aspect is not kept. */
        STRETCH,
        /** The short side becomes that of the input divided by {@code cropPct}, and the center is cut out. */
        SHORT_SIDE_AND_CROP
    }

    public Resize {
        boolean nearest = interpolation == Interpolation.NEAREST;
        require(!(nearest && antialias), "nearest has no antialiasing: choose bilinear or bicubic");
        require(
                nearest || antialias || library != Library.PILLOW,
                "Pillow always antialiases: choose TensorFlow's resize, or nearest");
        if (fit == Fit.STRETCH) {
            require(cropPct == 1, "only a resize that keeps the aspect crops, but crop_pct was " + cropPct);
        } else {
            require(library == Library.PILLOW && !nearest, "a crop needs Pillow's bilinear or bicubic resize");
            require(
                    cropPct >= MIN_CROP_PCT && cropPct <= MAX_CROP_PCT,
                    "crop_pct must be from " + MIN_CROP_PCT + " to " + MAX_CROP_PCT + " but was " + cropPct);
        }
    }

    /** As {@code Image.resize} of Pillow. */
    public static Resize pillow(Interpolation interpolation) {
        return new Resize(Library.PILLOW, interpolation, interpolation != Interpolation.NEAREST, Fit.STRETCH, 1);
    }

    /** As {@code tf.image.resize} of TensorFlow. */
    public static Resize tensorflow(Interpolation interpolation, boolean antialias) {
        return new Resize(Library.TENSORFLOW, interpolation, antialias, Fit.STRETCH, 1);
    }

    /** As timm prepares images to be scored. */
    public static Resize timm(Interpolation interpolation, double cropPct) {
        return new Resize(Library.PILLOW, interpolation, true, Fit.SHORT_SIDE_AND_CROP, cropPct);
    }

    /** Whether the result has values between levels, so that it is float32 and not uint8. */
    public boolean hasFractions() {
        return library == Library.TENSORFLOW && interpolation != Interpolation.NEAREST;
    }

    /** For a line that people read. */
    public String summary() {
        return interpolation.label() + " resize"
                + (library == Library.TENSORFLOW ? " of TensorFlow" : "")
                + (hasFractions() && antialias ? ", antialiased" : "")
                + (fit == Fit.SHORT_SIDE_AND_CROP ? ", short side and crop of " + cropPct : "");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
