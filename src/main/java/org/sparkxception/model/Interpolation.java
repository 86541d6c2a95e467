package org.sparkxception.model;

import java.util.Locale;

/** How a resize finds the pixels between pixels. */
public enum Interpolation {
    /** The nearest pixel: the default of Keras' {@code load_img}. */
    NEAREST,
    /** A triangle filter, widened when shrinking, as Pillow's {@code BILINEAR}. */
    BILINEAR,
    /** A cubic filter (a = -0.5), widened when shrinking, as Pillow's {@code BICUBIC}. */
    BICUBIC;

    /** The name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
