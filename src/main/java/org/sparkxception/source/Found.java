package org.sparkxception.source;

import java.io.Serializable;

/** One thing that a listing met: an image, a directory that is still to be listed, or something left out. */
final class Found implements Serializable {
    private static final long serialVersionUID = 1;

    enum Kind {
        IMAGE,
        DIRECTORY,
        HIDDEN,
        EXCLUDED,
        /** A directory that cannot be listed; its text says why. */
        FAULT
    }

    private final Kind kind;
    private final String text;
    private final ImageRef image;

    private Found(Kind kind, String text, ImageRef image) {
        this.kind = kind;
        this.text = text;
        this.image = image;
    }

    static Found image(ImageRef image) {
        return new Found(Kind.IMAGE, "", image);
    }

    static Found of(Kind kind, String text) {
        return new Found(kind, text, null);
    }

    Kind kind() {
        return kind;
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** The path of a directory or of what is left out, or the fault. */
    String text() {
        return text;
    }

    ImageRef image() {
        return image;
    }
}
