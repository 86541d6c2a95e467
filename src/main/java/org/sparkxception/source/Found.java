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
    private final Directory directory;

    private Found(Kind kind, String text, ImageRef image, Directory directory) {
        this.kind = kind;
        this.text = text;
        this.image = image;
        this.directory = directory;
    }

    static Found image(ImageRef image) {
        return new Found(Kind.IMAGE, "", image, null);
    }

    static Found directory(Directory directory) {
        return new Found(Kind.DIRECTORY, "", null, directory);
    }

    static Found of(Kind kind, String text) {
        return new Found(kind, text, null, null);
    }

    Kind kind() {
        return kind;
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** The path of what is left out, or the fault. */
    String text() {
        return text;
    }

    ImageRef image() {
        return image;
    }

    Directory directory() {
        return directory;
    }
}
