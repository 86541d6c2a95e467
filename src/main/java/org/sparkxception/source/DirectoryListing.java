package org.sparkxception.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** What one directory holds: its subdirectories and images, and counts of what is left out. */
final class DirectoryListing implements Serializable {
    private static final long serialVersionUID = 1;

    private final ArrayList<String> directories = new ArrayList<>();
    private final ArrayList<ImageRef> images = new ArrayList<>();
    private long hidden;
    private long excluded;
    private String fault = "";

    void addDirectory(String path) {
        directories.add(path);
    }

    void addImage(ImageRef image) {
        images.add(image);
    }

    void countHidden() {
        hidden++;
    }

    void countExcluded() {
        excluded++;
    }

    void fail(String why) {
        fault = why;
    }

    List<ImageRef> images() {
        return images;
    }

    List<String> directories() {
        return directories;
    }

    long hidden() {
        return hidden;
    }

    long excluded() {
        return excluded;
    }

    /** Why the directory cannot be listed, or an empty text. */
    String fault() {
        return fault;
    }

    /** The same without the images, for the driver. */
    DirectoryListing summary() {
        DirectoryListing summary = new DirectoryListing();
        summary.directories.addAll(directories);
        summary.hidden = hidden;
        summary.excluded = excluded;
        summary.fault = fault;
        return summary;
    }
}
