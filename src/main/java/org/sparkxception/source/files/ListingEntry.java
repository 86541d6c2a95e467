package org.sparkxception.source.files;

import java.io.Serializable;
import org.sparkxception.source.dataset.ImageRef;

/** One result of a listing: an image, a directory to list, or an entry that is skipped. */
public final class ListingEntry implements Serializable {
    private static final long serialVersionUID = 1;

    public enum Kind {
        IMAGE,
        DIRECTORY,
        HIDDEN,
        EXCLUDED,
        /** A directory that cannot be listed; the text is the reason. */
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

    /** The path of a skipped entry, or the reason of a fault. */
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
