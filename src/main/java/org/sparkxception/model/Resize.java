package org.sparkxception.model;

import java.util.Locale;

/**
 * The resize of images to the network's input size.
 *
 * <p>Source of the fit with a crop: {@code transforms_imagenet_eval} of timm 1.0, {@code Resize} and {@code CenterCrop} of
 * torchvision.
 *
 * @param library the library whose results are reproduced
 * @param interpolation the interpolation method
 * @param antialias whether filters widen when downscaling, so that every pixel contributes; always true for Pillow's filters
 * @param fit how the aspect ratio is handled
 * @param cropPct the part of the short side that the crop keeps; 1 without a crop. {@code crop_pct} of timm
 */
public record Resize(Library library, Interpolation interpolation, boolean antialias, Fit fit, double cropPct) {
    private static final double MIN_CROP_PCT = 0.1;
    private static final double MAX_CROP_PCT = 10;

    /** The library whose results are reproduced. */
    public enum Library {
        /** Pillow 13, as called by Keras' {@code load_img} and torchvision: values are rounded after each direction. */
        PILLOW,
        /** TensorFlow's {@code tf.image.resize}: values are not rounded. */
        TENSORFLOW;

        /** Returns the name in options. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How the aspect ratio is handled. */
    public enum Fit {
        /** Both sides are resized to the input size; the aspect ratio is not kept. */
        STRETCH,
        /** The short side is resized to the input size divided by {@code cropPct}, and the center is cropped. */
        SHORT_SIDE_AND_CROP
    }

    public Resize {
        boolean nearest = interpolation == Interpolation.NEAREST;
        require(!(nearest && antialias), "nearest does not support antialiasing: use bilinear or bicubic");
        require(
                nearest || antialias || library != Library.PILLOW,
                "Pillow always antialiases: use TensorFlow's resize, or nearest");
        if (fit == Fit.STRETCH) {
            require(
                    cropPct == 1,
                    "crop_pct must be 1 for a resize that does not keep the aspect ratio but was " + cropPct);
        } else {
            require(library == Library.PILLOW && !nearest, "a crop requires Pillow's bilinear or bicubic resize");
            require(
                    cropPct >= MIN_CROP_PCT && cropPct <= MAX_CROP_PCT,
                    "crop_pct must be from " + MIN_CROP_PCT + " to " + MAX_CROP_PCT + " but was " + cropPct);
        }
    }

    /** Returns the resize of Pillow's {@code Image.resize}. */
    public static Resize pillow(Interpolation interpolation) {
        return new Resize(Library.PILLOW, interpolation, interpolation != Interpolation.NEAREST, Fit.STRETCH, 1);
    }

    /** Returns the resize of TensorFlow's {@code tf.image.resize}. */
    public static Resize tensorflow(Interpolation interpolation, boolean antialias) {
        return new Resize(Library.TENSORFLOW, interpolation, antialias, Fit.STRETCH, 1);
    }

    /** Returns the resize of timm for evaluation. */
    public static Resize timm(Interpolation interpolation, double cropPct) {
        return new Resize(Library.PILLOW, interpolation, true, Fit.SHORT_SIDE_AND_CROP, cropPct);
    }

    /** Whether the result has fractional values, so that it is float32 and not uint8. */
    public boolean hasFractions() {
        return library == Library.TENSORFLOW && interpolation != Interpolation.NEAREST;
    }

    /** Returns a summary for users. */
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
