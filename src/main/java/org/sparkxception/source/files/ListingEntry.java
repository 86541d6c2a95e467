package org.sparkxception.source.files;

import java.io.Serializable;
import org.sparkxception.source.dataset.ImageRef;

/** One thing that a listing met: an image, a directory that is still to be listed, or something left out. */
public final class ListingEntry implements Serializable {
    private static final long serialVersionUID = 1;

    public enum Kind {
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

    private ListingEntry(Kind kind, String text, ImageRef image, Directory directory) {
        this.kind = kind;
        this.text = text;
        this.image = image;
        this.directory = directory;
    }

    public static ListingEntry image(ImageRef image) {
        return new ListingEntry(Kind.IMAGE, "", image, null);
    }

    static ListingEntry directory(Directory directory) {
        return new ListingEntry(Kind.DIRECTORY, "", null, directory);
    }

    public static ListingEntry of(Kind kind, String text) {
        return new ListingEntry(kind, text, null, null);
    }

    Kind kind() {
        return kind;
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    /** The path of what is left out, or the fault. */
    String text() {
        return text;
    }

    public ImageRef image() {
        return image;
    }

    Directory directory() {
        return directory;
    }
}
