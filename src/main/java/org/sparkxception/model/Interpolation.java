package org.sparkxception.model;

import java.util.Locale;

/** How a resize finds the pixels between pixels. */
public enum Interpolation {
    /** The nearest pixel: the default of Keras' {@code load_img}. */
    NEAREST,
    /** A triangle filter: {@code BILINEAR} of Pillow. */
    BILINEAR,
    /** The cubic filter of Keys with a = -0.5: {@code BICUBIC} of Pillow. */
    BICUBIC;

    /** The name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
