package org.sparkxception.model;

import java.util.Locale;

/** Interpolation methods of a resize. */
public enum Interpolation {
    /** The nearest pixel: the default of Keras' {@code load_img}. */
    NEAREST,
    /** A triangle filter: {@code BILINEAR} of Pillow. */
    BILINEAR,
    /** The cubic filter of Keys with a = -0.5: {@code BICUBIC} of Pillow. */
    BICUBIC;

    /** Returns the name in options and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return label();
    }
}
